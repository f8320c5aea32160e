import { html } from "lit";
import { authentik, noAuthentik, noMailcow, type Screen } from "./screen";

const audience = [
  { value: "all", label: "Every active user with an address", note: "214 of 231 users · 12 have it already" },
  { value: "groups", label: "Members of groups…" },
  { value: "users", label: "Chosen users…" },
];

const people = Array.from({ length: 10_000 }, (_, index) => ({
  id: String(index),
  label: `User ${String(index + 1).padStart(5, "0")}`,
  note: `user${index + 1}@mail.example`,
  ...(index % 7 === 3 ? { tag: "has it" } : {}),
}));

const picked = new Set(["1", "2", "5"]);

function source(query: string, offset: number, limit: number) {
  const found = people.filter(({ note }) => note.includes(query.toLowerCase()));
  return { total: found.length, rows: found.slice(offset, offset + limit).map((row) => ({ ...row, picked: picked.has(row.id) })) };
}

function pick({ detail: id }: CustomEvent<string>): void {
  if (!picked.delete(id)) picked.add(id);
}

const show = () => html`<cb-button class="grow" kind="main" label="Show the plan"></cb-button>`;

export const setUp: readonly Screen[] = [
  {
    name: "empty",
    place: "setup",
    chips: html`${noAuthentik}${noMailcow}`,
    main: () => html`<cb-empty icon="bell" label="Go to authentik first" text="Open authentik’s admin interface in a tab, sign in, and click the Cowbell icon there."></cb-empty>`,
  },
  {
    name: "loading",
    place: "setup",
    chips: html`<cb-chip slot="chips" state="reading" name="authentik" host="authentik.company"></cb-chip>${noMailcow}`,
    main: () => html`<cb-loading label="Reading what authentik has already…"></cb-loading>`,
  },
  {
    name: "setup",
    place: "setup",
    chips: html`${authentik}${noMailcow}`,
    main: () => html`<h2 class="title">Connect a mailcow to this authentik</h2>
      <p class="lead">Nothing is changed before you have seen the plan.</p>
      <cb-field label="mailcow address" value="https://mailcow.company" .notes=${[html`Sign-ins will come back to <b>https://mailcow.company</b>`]}></cb-field>
      <cb-choice label="Who gets a verified e-mail address" .options=${audience} value="all"></cb-choice>
      <cb-card>
        <cb-disclosure label="Options" summary="Application “mailcow” · implicit consent · authentik Self-signed Certificate · everybody may use it"></cb-disclosure>
      </cb-card>
      <cb-card>
        <cb-row sign="warning" label="Found an earlier attempt">Provider “Mailcow test” redirects to https://mailcow.company/ (with a slash). It will be adopted and corrected, not doubled.</cb-row>
      </cb-card>`,
    bar: show,
  },
  {
    name: "setup-open",
    place: "setup",
    chips: html`${authentik}${noMailcow}`,
    main: () => html`<cb-field label="mailcow address" value="http://mail cow.company/admin" fault="There are spaces in the address."></cb-field>
      <cb-choice label="Who gets a verified e-mail address" .options=${audience} value="users">
        <cb-list slot="users" label="users" pickable .source=${source} @cb-pick=${pick}></cb-list>
      </cb-choice>
      <cb-card>
        <cb-disclosure label="Options" summary="" open>
          <cb-field label="Application name" value="mailcow"></cb-field>
          <cb-select label="Signing key" .options=${[{ value: "a", label: "authentik Self-signed Certificate" }, { value: "", label: "None" }]} value="a" hint="mailcow does not look at the signature."></cb-select>
          <cb-check label="Ask for consent at each sign-in" note="Users see a page that names what mailcow is told."></cb-check>
        </cb-disclosure>
      </cb-card>`,
    bar: show,
  },
];
