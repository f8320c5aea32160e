import { html } from "lit";
import { authentik, mailcow, noMailcow, type Screen } from "./screen";

const provider = [
  { label: "redirect URI", before: "https://mailcow.company/", after: "https://mailcow.company" },
  { label: "scopes", before: "authentik default OAuth Mapping: OpenID 'email'", after: "mailcow: verified e-mail" },
  { label: "signing key", before: "none", after: "authentik Self-signed Certificate" },
  { label: "client secret", after: "known after apply", word: true },
];

const form = [
  ["Authorization endpoint", "https://authentik.company/application/o/authorize/"],
  ["Token endpoint", "https://authentik.company/application/o/token/"],
  ["User info endpoint", "https://authentik.company/application/o/userinfo/"],
  ["Client ID", "ucd8V4mXq1TzR0bWnYp5sLk7hJ2eG9fA3dC6k2Qh"],
  ["Client secret", "•••••••• (128 characters)"],
  ["Redirect URL", "https://mailcow.company"],
] as const;

export const plan: readonly Screen[] = [
  {
    name: "plan",
    place: "plan",
    chips: html`${authentik}${noMailcow}`,
    badges: { plan: { badge: { text: "205", heard: "205 changes" } } },
    main: () => html`<cb-summary
        .totals=${[
          { sign: "create", count: 1, word: "to create" },
          { sign: "change", count: 204, word: "to change" },
          { sign: "keep", count: 15, word: "to keep" },
        ]}
        note="Nothing is removed. About 17 seconds."
      ></cb-summary>
      <cb-card>
        <cb-row sign="create" label="Scope mapping “mailcow: verified e-mail”" tag="create">Guide, step 1. mailcow 2026-07 does not look at it.</cb-row>
      </cb-card>
      <cb-card>
        <cb-row sign="change" label="Provider “Mailcow test”" tag="change 4"><cb-diff slot="below" .differences=${provider}></cb-diff></cb-row>
      </cb-card>
      <cb-card>
        <cb-row sign="change" label="Application “Mailcow test”" tag="change 1"
          ><cb-diff slot="below" .differences=${[{ label: "launch URL", after: "https://mailcow.company/?iam_sso=1" }]}></cb-diff
        ></cb-row>
      </cb-card>
      <cb-card>
        <cb-row sign="change" label="202 users: email_verified = true">Other attributes stay as they are.<cb-button slot="end" kind="small" label="List"></cb-button></cb-row>
        <cb-row sign="keep" label="12 users have it, 17 left out">9 without e-mail, 6 inactive, 2 service accounts</cb-row>
      </cb-card>
      <cb-card><cb-row sign="keep" label="openid and profile mappings, flows" tag="keep"></cb-row></cb-card>`,
    bar: () => html`<cb-button label="Export"></cb-button><cb-button class="grow" kind="main" label="Apply 205 changes"></cb-button>`,
  },
  {
    name: "applying",
    place: "plan",
    chips: html`${authentik}${noMailcow}`,
    main: () => html`<cb-progress label="Applying" done="117" total="205" note="12 a second · about 8 s left. You may close the panel; nothing is lost."></cb-progress>
      <cb-card>
        <cb-row sign="good" label="Scope mapping created"></cb-row>
        <cb-row sign="good" label="Provider corrected"></cb-row>
        <cb-row sign="good" label="Application corrected"></cb-row>
        <cb-row sign="working" label="Users: 114 of 202">2 read again, because somebody edited them a minute ago; merged</cb-row>
        <cb-row sign="fault" label="User “b.meier” was refused (403)">You may not change this user (authentik_core.change_user). The rest goes on.</cb-row>
        <cb-row sign="waiting" label="Binding to group “mail-users”"></cb-row>
      </cb-card>`,
    bar: () => html`<cb-button label="Cancel"></cb-button><small class="quiet">Everything so far can be undone.</small>`,
  },
  {
    name: "done",
    place: "plan",
    chips: html`${authentik}${noMailcow}`,
    main: () => html`<cb-notice kind="good" label="204 of 205 changes are done">One was refused; it is listed below.</cb-notice>
      <cb-card heading="For mailcow">
        <cb-secret label="Client ID" shown="ucd8V4mXq1TzR0bWnYp5sLk7hJ2eG9fA3dC6k2Qh"></cb-secret>
        <cb-secret label="Client secret" length="128"></cb-secret>
      </cb-card>
      <cb-card heading="Not done">
        <cb-row sign="fault" label="User “b.meier” was refused (403)">You may not change this user (authentik_core.change_user).</cb-row>
      </cb-card>`,
    bar: () => html`<cb-button label="Undo"></cb-button><cb-button class="grow" kind="main" icon="out" label="Open mailcow"></cb-button>`,
  },
  {
    name: "confirm",
    place: "plan",
    chips: html`${authentik}${noMailcow}`,
    main: () => html`<cb-notice kind="warning" label="The page of authentik was reloaded">The run stopped after 117 of 205 changes. Nothing was done twice.<cb-button slot="action" kind="small" label="Go on"></cb-button></cb-notice>
      <cb-notice kind="fault" label="authentik answered 503">It is in maintenance mode. Try again when it is back.</cb-notice>
      <cb-notice kind="info" label="authentik 2026.12 is newer than this Cowbell">What is known works; look at the plan with care.</cb-notice>`,
    bar: () => html`<cb-confirm danger question="Undo 204 changes?" consequence="The provider and the application get their former values back, and 202 users lose email_verified." yes="Undo"></cb-confirm>`,
  },
  {
    name: "form",
    place: "mailcow",
    chips: html`${authentik}${mailcow}`,
    main: () => html`<h2 class="title">Identity Provider form</h2>
      <p class="lead">Stored now and wanted. Nothing is saved until you press Save in mailcow.</p>
      <cb-card>
        <cb-row sign="change" label="Identity Provider"><cb-diff slot="below" .differences=${[{ label: "", before: "Keycloak", after: "Generic-OIDC" }]}></cb-diff></cb-row>
        ${form.map(([label, after]) => html`<cb-row sign="create" .label=${label}><cb-diff slot="below" .differences=${[{ label: "", after }]}></cb-diff></cb-row>`)}
        <cb-row sign="keep" label="Auto-create users on login" tag="keep">on</cb-row>
      </cb-card>`,
    bar: () => html`<cb-button label="Save for me…"></cb-button><cb-button class="grow" kind="main" label="Fill the form"></cb-button>`,
  },
];
