/** The cases of docs/contract/e2e.md: how each is brought about, how it ends, and what Cowbell says of it. */

import assert from "node:assert/strict";

import type { Page } from "puppeteer-core";

import type { Account } from "./installation.ts";
import type { Ending } from "./sign-ins.ts";
import type { Stage } from "./stage.ts";
import { ask, authentikState, type Entry, mailcowState, only } from "./witness.ts";

/** Everybody's password at the simulated authentik. */
const PASSWORD = "cowbell";

/** The claim by which mailcow picks a template. */
export const TEMPLATE_CLAIM = "mailcow_template";

const MIB = 1_048_576;

/** The templates at the simulated mailcow, and their quota. */
export const QUOTA = { Default: 0, "OIDC Users": 1_024 * MIB } as const;

type Template = keyof typeof QUOTA;

/** Somebody at authentik. */
export interface Person extends Account {
  pk: number;
  name: string;
  email: string;
}

/** Both products behind Cowbell's back: an administrator's pages, and who signs in. */
export class Scene {
  readonly stage: Stage;
  readonly authentik: Page;
  readonly mailcow: Page;
  readonly #newcomers: Person[];
  readonly #owners: Person[];

  private constructor(stage: Stage, authentik: Page, mailcow: Page, newcomers: Person[], owners: Person[]) {
    this.stage = stage;
    this.authentik = authentik;
    this.mailcow = mailcow;
    this.#newcomers = newcomers;
    this.#owners = owners;
  }

  static async of(stage: Stage): Promise<Scene> {
    const [authentik, mailcow] = [await stage.open("authentik"), await stage.open("mailcow")];
    const { users } = await authentikState(authentik);
    const { mailboxes } = await mailcowState(mailcow);
    const aliases = await ask<Entry[]>(mailcow, "/api/v1/get/alias/all");
    const taken = new Set(aliases.map(({ address }) => address));
    const active = new Map(mailboxes.map(({ username, active }) => [username, Number(active) === 1]));
    const people = users
      .filter(
        ({ is_active, is_superuser, type, email }) =>
          is_active === true &&
          is_superuser !== true &&
          type === "internal" &&
          String(email).endsWith("@mail.example") &&
          !taken.has(email),
      )
      .map(({ pk, username, name, email }) => ({
        pk: Number(pk),
        user: String(username),
        name: String(name),
        email: String(email),
        password: PASSWORD,
      }));
    return new Scene(
      stage,
      authentik,
      mailcow,
      people.filter(({ email }) => !active.has(email)),
      people.filter(({ email }) => active.get(email) === true),
    );
  }

  /** Somebody who has not signed in yet; `owner` of a mailbox that has a password. */
  next(owner: boolean): Person {
    const person = (owner ? this.#owners : this.#newcomers).shift();
    assert.ok(person, "nobody is left");
    return person;
  }

  /** What mailcow has stored. */
  async settings(): Promise<Entry> {
    return (await mailcowState(this.mailcow)).identityProvider;
  }

  /** Changes what mailcow has stored, as another administrator might. */
  async store(settings: Entry): Promise<void> {
    await this.#save({ ...(await this.settings()), ...settings });
  }

  /** Stores settings as if for the first time, without those that are `undefined`. */
  async storeAnew(settings: Entry): Promise<void> {
    const stored = await this.settings();
    await ask(this.mailcow, "/api/v1/delete/identity-provider", "POST", ["identity-provider"]);
    await this.#save({ ...stored, ...settings });
  }

  async #save(attr: Entry): Promise<void> {
    await ask(this.mailcow, "/api/v1/edit/identity-provider", "POST", { items: ["identity-provider"], attr });
  }

  /** The provider of this mailcow; there is no other. */
  async provider(): Promise<Entry> {
    const { providers } = await authentikState(this.authentik);
    const [provider, other] = providers;
    assert.ok(provider && !other);
    return provider;
  }

  /** Changes the provider. */
  async provide(change: Entry): Promise<void> {
    const { pk } = await this.provider();
    await ask(this.authentik, `/api/v3/providers/oauth2/${String(pk)}/`, "PATCH", change);
  }

  /** Leaves only those of the selected scope mappings that pass. */
  async select(passes: (mapping: Entry) => boolean): Promise<void> {
    const { mappings } = await authentikState(this.authentik);
    const selected = (await this.provider())["property_mappings"] as unknown[];
    await this.provide({
      property_mappings: mappings
        .filter((mapping) => selected.includes(mapping["pk"]) && passes(mapping))
        .map(({ pk }) => pk),
    });
  }

  /** Selects a mapping, too. */
  async selectAlso(mapping: Entry): Promise<void> {
    const selected = (await this.provider())["property_mappings"] as unknown[];
    await this.provide({ property_mappings: [...selected, mapping["pk"]] });
  }

  /** The mapping for this scope that authentik brings along. */
  async managed(scope: string): Promise<Entry> {
    const { mappings } = await authentikState(this.authentik);
    const found = mappings.find(({ managed, scope_name }) => typeof managed === "string" && scope_name === scope);
    assert.ok(found);
    return found;
  }

  /** The selected mapping for the scope `email`. */
  async emailMapping(): Promise<Entry> {
    const { mappings } = await authentikState(this.authentik);
    const selected = (await this.provider())["property_mappings"] as unknown[];
    return only(
      mappings.filter(({ pk }) => selected.includes(pk)),
      "scope_name",
      "email",
    );
  }

  /** Changes a user. */
  async user({ pk }: Person, change: Entry): Promise<void> {
    await ask(this.authentik, `/api/v3/core/users/${pk}/`, "PATCH", change);
  }

  /** Changes a mailbox. */
  async mailbox({ email }: Person, change: Entry): Promise<void> {
    await ask(this.mailcow, "/api/v1/edit/mailbox", "POST", { items: [email], attr: change });
  }

  /** Makes the domain of a mailbox active or inactive, and with it every other one there. */
  async domain({ email }: Person, active: boolean): Promise<void> {
    await this.stage.standins.control("POST", "/domain", { name: domainOf(email), active });
  }

  /** The mailbox of somebody. */
  async mailboxOf({ email }: Person): Promise<Entry> {
    return only((await mailcowState(this.mailcow)).mailboxes, "username", email.toLowerCase());
  }

  /** The application of this mailcow. */
  async application(): Promise<Entry> {
    const { applications } = await authentikState(this.authentik);
    return only(applications, "provider", (await this.provider())["pk"]);
  }

  /** Lets only this group use the application. */
  async bind(group: string): Promise<void> {
    const { groups } = await authentikState(this.authentik);
    const [{ pk: target }, { pk }] = [await this.application(), only(groups, "name", group)];
    await ask(this.authentik, "/api/v3/policies/bindings/", "POST", { target, group: pk, order: 0, enabled: true });
  }

  /** What authentik's events say of somebody, the newest first. */
  async events({ user }: Person): Promise<string[]> {
    const { results } = await ask<{ results: Entry[] }>(
      this.authentik,
      `/api/v3/events/events/?username=${user}&ordering=-created&page_size=100`,
    );
    return results.map(({ action }) => String(action));
  }

  /** Somebody's refresh tokens for this mailcow: how many were used, and how many can be. */
  async refreshTokens({ pk }: Person): Promise<{ used: number; live: number }> {
    const provider = (await this.provider())["pk"];
    const { results } = await ask<{ results: Entry[] }>(
      this.authentik,
      `/api/v3/oauth2/refresh_tokens/?provider=${String(provider)}&user=${pk}`,
    );
    const used = results.filter(({ revoked }) => revoked === true).length;
    return { used, live: results.length - used };
  }

  /** A scope mapping that gives a constant `mailcow_template`. */
  async templateClaim(value: string): Promise<Entry> {
    const body = {
      name: `template ${value}`,
      scope_name: TEMPLATE_CLAIM,
      expression: `return {"${TEMPLATE_CLAIM}": "${value}"}`,
    };
    const { mappings } = await authentikState(this.authentik);
    const made = mappings.find(({ name }) => name === body.name);
    return made ?? ask<Entry>(this.authentik, "/api/v3/propertymappings/provider/scope/", "POST", body);
  }

  /** What goes wrong when mailcow's server calls authentik; nothing when not given. */
  async upstream(fault?: string): Promise<void> {
    await this.stage.standins.control("POST", "/fault", fault === undefined ? { clear: {} } : { upstream: fault });
  }

  /** Sets the clocks of both servers. */
  async minutesAgo(minutes: number): Promise<void> {
    await this.stage.standins.control("POST", "/clock", { now_ms: Date.now() - 60_000 * minutes });
  }
}

/**
 * What puts it right. `save`: the panel leads to mailcow's settings, where it saves, with `template` if one is chosen; `plan`: it
 * leads to a plan, which is applied; `save_to_plan`: by way of mailcow's settings; `switch`: it switches the mailbox; `access`: it
 * leads to Set up, where another group is let in. A function is what the remedy asks an administrator to do elsewhere.
 */
export type Mending =
  | { by: "save"; template?: Template }
  | { by: "plan" | "save_to_plan" | "switch" | "access" }
  | { by: (scene: Scene, person: Person) => Promise<void> };

/** A sign-in that is refused. */
export interface Refused {
  /** As docs/contract/e2e.md calls it, and what is wrong. */
  name: string;
  /** Whether the mailbox exists and has a password. */
  owner?: boolean;
  /** Under what name the attempt is listed; the address of the mailbox unless said otherwise. */
  who?: (person: Person) => string;
  spoil: (scene: Scene, person: Person) => Promise<void>;
  ending: Ending;
  /** What mailcow's log says; none where nothing is written. */
  log?: Entered;
  /** What Cowbell says: of the attempt, of stored settings that leave no trace, or in the check. */
  said: "attempt" | "silent" | "check";
  code: string;
  facts?: (scene: Scene, person: Person) => Record<string, string> | Promise<Record<string, string>>;
  mending: Mending;
}

/** How the reason in mailcow's log begins, and whether the mailbox is named. */
interface Entered {
  reason: string;
  named: boolean;
}

const named = (reason: string): Entered => ({ reason, named: true });
const unnamed = (reason: string): Entered => ({ reason, named: false });

const NO_MATCH = named("No matching attribute mapping was found");
const NO_ADDRESS = unnamed("No email address found for user");
const NO_MAILBOX = named("Could not create mailbox on login");
const NO_JSON = unnamed("Invalid response received from Authorization Server. Expected JSON.");

const SAVE: Mending = { by: "save" };
const PLAN: Mending = { by: "plan" };

/** Stores the address of an endpoint without the slash at its end. */
const cut =
  (field: string) =>
  async (scene: Scene): Promise<void> =>
    scene.store({ [field]: String((await scene.settings())[field]).replace(/\/$/, "") });

/** What mailcow's own form sends with an empty row between two others; mailcow stores it as objects. */
const HOLES = { mappers: ["sales", "", "staff"], templates: ["OIDC Users", "", "Default"] };

/** Every case in which somebody is refused. `z2` comes first: mailcow forgets no provider that mailboxes use. */
export const REFUSED: readonly Refused[] = [
  {
    name: "z2, lists never stored",
    spoil: (scene) => scene.storeAnew({ mappers: undefined, templates: undefined }),
    ending: "blank",
    said: "silent",
    code: "stored_mapping_broken",
    mending: SAVE,
  },
  {
    name: "z, lists with holes",
    spoil: (scene) => scene.store(HOLES),
    ending: "blank",
    said: "silent",
    code: "stored_mapping_broken",
    mending: SAVE,
  },
  {
    name: "a, no default template",
    spoil: (scene) => scene.store({ default_template: "" }),
    ending: "refused",
    log: NO_MATCH,
    said: "attempt",
    code: "default_template_empty",
    mending: { by: "save", template: "OIDC Users" },
  },
  {
    name: "n2, a claim without a mapping, no default template",
    spoil: async (scene) => {
      await scene.selectAlso(await scene.templateClaim("board"));
      await scene.store({
        default_template: "",
        mappers: ["sales"],
        templates: ["OIDC Users"],
        client_scopes: `openid profile email ${TEMPLATE_CLAIM}`,
      });
    },
    ending: "refused",
    log: NO_MATCH,
    said: "attempt",
    code: "default_template_empty",
    mending: { by: "save", template: "Default" },
  },
  {
    name: "r, auto-create off",
    spoil: (scene) => scene.store({ login_provisioning: "0" }),
    ending: "refused",
    log: unnamed("Auto-create users on login is deactivated"),
    said: "attempt",
    code: "login_provisioning_off",
    mending: SAVE,
  },
  {
    name: "s, no such template",
    spoil: (scene) => scene.store({ default_template: "Nope" }),
    ending: "refused",
    log: NO_MAILBOX,
    said: "attempt",
    code: "template_not_found",
    facts: () => ({ template: "Nope" }),
    mending: { by: "save", template: "Default" },
  },
  {
    name: "c, the mailbox has a password",
    owner: true,
    spoil: async () => {
      // The mailbox of the owner is made with a password.
    },
    ending: "refused",
    log: named("The user's authentication source is not of type OIDC"),
    said: "attempt",
    code: "mailbox_has_password",
    mending: { by: "switch" },
  },
  {
    name: "w, inactive mailbox",
    owner: true,
    spoil: (scene, person) => scene.mailbox(person, { authsource: "generic-oidc", active: "0" }),
    ending: "refused",
    log: named("Domain or mailbox is inactive"),
    said: "attempt",
    code: "mailbox_inactive",
    mending: { by: (scene, person) => scene.mailbox(person, { active: "1" }) },
  },
  {
    name: "w, inactive domain",
    owner: true,
    spoil: async (scene, person) => {
      await scene.mailbox(person, { authsource: "generic-oidc" });
      await scene.domain(person, false);
    },
    ending: "refused",
    log: named("Domain or mailbox is inactive"),
    said: "attempt",
    code: "domain_inactive",
    facts: (_, { email }) => ({ domain: domainOf(email) }),
    mending: { by: (scene, person) => scene.domain(person, true) },
  },
  {
    name: "f, no such domain",
    who: () => "new@none.example",
    spoil: (scene, person) => scene.user(person, { email: "new@none.example" }),
    ending: "refused",
    log: NO_MAILBOX,
    said: "attempt",
    code: "domain_missing",
    facts: () => ({ domain: "none.example" }),
    mending: { by: (scene, person) => scene.user(person, { email: person.email }) },
  },
  {
    name: "g, no address",
    who: ({ user }) => user,
    spoil: (scene, person) => scene.user(person, { email: "" }),
    ending: "refused",
    log: NO_ADDRESS,
    said: "attempt",
    code: "user_without_email",
    mending: { by: (scene, person) => scene.user(person, { email: person.email }) },
  },
  {
    name: "h, wrong client secret",
    spoil: (scene) => scene.store({ client_secret: "wrong" }),
    ending: "refused",
    log: unnamed("invalid_client"),
    said: "attempt",
    code: "pair_wrong_secret",
    mending: SAVE,
  },
  {
    name: "h2, wrong client ID",
    spoil: (scene) => scene.store({ client_id: "wrong" }),
    ending: { authentik: "Client ID Error" },
    said: "silent",
    code: "client_id_differs",
    facts: async (scene) => ({
      provider: String((await scene.provider())["name"]),
      expected: String((await scene.provider())["client_id"]),
    }),
    mending: SAVE,
  },
  {
    name: "i, a slash at mailcow only",
    spoil: (scene) => scene.store({ redirect_url: `${scene.stage.installation.origins.mailcow}/` }),
    ending: { authentik: "Redirect URI Error" },
    said: "silent",
    code: "redirect_slash_differs",
    facts: (scene) => ({ expected: scene.stage.installation.origins.mailcow }),
    mending: SAVE,
  },
  {
    name: "i2, a slash at authentik only",
    spoil: (scene) =>
      scene.provide({
        redirect_uris: [{ matching_mode: "strict", url: `${scene.stage.installation.origins.mailcow}/` }],
      }),
    ending: { authentik: "Redirect URI Error" },
    said: "silent",
    code: "redirect_slash_differs",
    facts: (scene) => ({ expected: `${scene.stage.installation.origins.mailcow}/` }),
    mending: { by: "save_to_plan" },
  },
  {
    name: "x, token URL without slash",
    spoil: cut("token_url"),
    ending: "refused",
    log: NO_JSON,
    said: "attempt",
    code: "endpoint_without_slash",
    mending: SAVE,
  },
  {
    name: "x2, user info URL without slash",
    spoil: cut("userinfo_url"),
    ending: "refused",
    log: NO_JSON,
    said: "attempt",
    code: "endpoint_without_slash",
    mending: SAVE,
  },
  {
    name: "x3, authorization URL without slash",
    spoil: cut("authorize_url"),
    ending: { authentik: "Not Found" },
    said: "silent",
    code: "endpoint_without_slash",
    mending: SAVE,
  },
  {
    name: "t, scope email not asked for",
    spoil: (scene) => scene.store({ client_scopes: "openid profile" }),
    ending: "refused",
    log: NO_ADDRESS,
    said: "attempt",
    code: "scope_email_missing",
    mending: SAVE,
  },
  {
    name: "u, scope openid not asked for",
    spoil: (scene) => scene.store({ client_scopes: "profile email" }),
    ending: "refused",
    log: NO_JSON,
    said: "attempt",
    code: "scope_openid_missing",
    mending: SAVE,
  },
  {
    name: "v, no scope mapping",
    spoil: (scene) => scene.select(() => false),
    ending: "refused",
    log: NO_JSON,
    said: "attempt",
    code: "scope_not_mapped",
    facts: () => ({ scope: "openid" }),
    mending: PLAN,
  },
  {
    name: "v2, no e-mail mapping",
    spoil: (scene) => scene.select(({ scope_name }) => scope_name !== "email"),
    ending: "refused",
    log: NO_ADDRESS,
    said: "attempt",
    code: "scope_not_mapped",
    facts: () => ({ scope: "email" }),
    mending: PLAN,
  },
  {
    name: "bb, the e-mail mapping fails",
    spoil: async (scene) => {
      const { pk } = await scene.emailMapping();
      await ask(scene.authentik, `/api/v3/propertymappings/provider/scope/${String(pk)}/`, "PATCH", {
        expression: 'return {"email": request.user.nope}',
      });
    },
    ending: "refused",
    log: NO_ADDRESS,
    said: "attempt",
    code: "mapping_fails",
    facts: async (scene) => ({ mapping: String((await scene.emailMapping())["name"]) }),
    mending: PLAN,
  },
  {
    name: "P-08, no grant type",
    spoil: (scene) => scene.provide({ grant_types: ["refresh_token"] }),
    ending: "silently refused",
    said: "silent",
    code: "pair_grant_type_missing",
    mending: PLAN,
  },
  {
    name: "aa, no application",
    spoil: async (scene) => {
      const { slug } = await scene.application();
      await ask(scene.authentik, `/api/v3/core/applications/${String(slug)}/`, "DELETE");
    },
    ending: { authentik: "Request has been denied." },
    said: "check",
    code: "provider_differs",
    facts: () => ({ count: "1" }),
    mending: PLAN,
  },
  {
    name: "m, a certificate that mailcow does not trust",
    spoil: (scene) => scene.upstream("untrusted_certificate"),
    ending: "refused",
    log: unnamed("cURL error 60: SSL certificate problem: self-signed certificate"),
    said: "attempt",
    code: "server_distrusts_certificate",
    facts: async (scene) => ({ url: String((await scene.settings())["token_url"]) }),
    mending: { by: (scene) => scene.upstream() },
  },
  {
    name: "dd, inactive user",
    who: ({ user }) => user,
    spoil: (scene, person) => scene.user(person, { is_active: false }),
    ending: { authentik: "Invalid password" },
    said: "attempt",
    code: "password_refused_by_authentik",
    facts: (_, { user }) => ({ username: user }),
    mending: { by: (scene, person) => scene.user(person, { is_active: true }) },
  },
  {
    name: "j, not in the bound group",
    who: ({ user }) => user,
    spoil: (scene) => scene.bind("board"),
    ending: { authentik: "Request has been denied." },
    said: "attempt",
    code: "not_let_on",
    facts: (_, { user }) => ({ username: user }),
    mending: { by: "access" },
  },
];

/** A sign-in that goes through. */
export interface SignedIn {
  /** As docs/contract/e2e.md calls it, and what is special. */
  name: string;
  /** Whether the mailbox exists; it signs in with Generic-OIDC and has a quota of its own. */
  owner?: boolean;
  prepare: (scene: Scene, person: Person) => Promise<void>;
  /** What happens before the browser is closed. */
  staying?: (scene: Scene, person: Person, page: Page) => Promise<void>;
  /** What the mailbox has afterwards, beside what every one has; an owner's is unchanged unless said otherwise. */
  mailbox?: (person: Person) => Entry;
  /** What SOGo is told; the address unless said otherwise. */
  shown?: (person: Person) => string;
  /** Words with which authentik asks for consent. */
  consent?: string;
  /** What Cowbell warns of all the same: in the check, or asked about the user. */
  warning?: { code: string; asked: boolean };
}

/** Quota of mailboxes that exist, in MiB, as no template has it. */
export const OWN_QUOTA = 300;

const MAPPED = {
  mappers: ["sales"],
  templates: ["OIDC Users"],
  client_scopes: `openid profile email ${TEMPLATE_CLAIM}`,
};

const capitals = ({ email }: Person): string => `${email.charAt(0).toUpperCase()}${email.slice(1).replace("@m", "@M")}`;

/** Lets authentik give a constant `mailcow_template`. */
const claim =
  (value: string) =>
  async (scene: Scene): Promise<void> => {
    await scene.store(MAPPED);
    await scene.selectAlso(await scene.templateClaim(value));
  };

/** Every case in which somebody gets in. Cases b2, o, o2 and q1 follow on b; all of them begin as q2 does. */
export const SIGNED_IN: readonly SignedIn[] = [
  {
    name: "d, the mailbox signs in with Generic-OIDC, no default template",
    owner: true,
    prepare: (scene) => scene.store({ default_template: "" }),
  },
  { name: "e1, no attribute email_verified", prepare: (scene, person) => scene.user(person, { attributes: {} }) },
  {
    name: "e2, attribute email_verified false",
    prepare: (scene, person) => scene.user(person, { attributes: { email_verified: false } }),
  },
  {
    name: "e3, the managed e-mail mapping",
    prepare: async (scene) => {
      await scene.select(({ scope_name }) => scope_name !== "email");
      await scene.selectAlso(await scene.managed("email"));
    },
  },
  { name: "bc, both e-mail mappings", prepare: async (scene) => scene.selectAlso(await scene.managed("email")) },
  {
    name: "i3, a slash on both sides",
    prepare: async (scene) => {
      const url = `${scene.stage.installation.origins.mailcow}/`;
      await scene.provide({ redirect_uris: [{ matching_mode: "strict", url }] });
      await scene.store({ redirect_url: url });
    },
  },
  { name: "k, no signing key", prepare: (scene) => scene.provide({ signing_key: null }) },
  {
    name: "l, capital letters in the address",
    owner: true,
    prepare: (scene, person) => scene.user(person, { email: capitals(person) }),
    shown: capitals,
    warning: { code: "signs_in_other_spelling", asked: true },
  },
  {
    name: "l2, capital letters, new mailbox",
    prepare: (scene, person) => scene.user(person, { email: capitals(person) }),
    shown: capitals,
  },
  { name: "n, a claim with a mapping", prepare: claim("sales"), mailbox: () => ({ quota: QUOTA["OIDC Users"] }) },
  { name: "n3, a claim without a mapping, default template", prepare: claim("board") },
  {
    name: "n4, a claim with a mapping, mailbox with another quota",
    owner: true,
    prepare: claim("sales"),
    mailbox: () => ({ quota: QUOTA["OIDC Users"] }),
  },
  {
    name: "n5, a mapping whose claim is not asked for",
    prepare: async (scene) => {
      await claim("sales")(scene);
      await scene.store({ client_scopes: "openid profile email" });
    },
  },
  {
    name: "p, explicit consent",
    prepare: async (scene) => {
      const { results } = await ask<{ results: Entry[] }>(
        scene.authentik,
        "/api/v3/flows/instances/?slug=default-provider-authorization-explicit-consent",
      );
      await scene.provide({ authorization_flow: results[0]?.["pk"] });
    },
    consent: "General Profile Information",
  },
  {
    name: "r2, auto-create off, mailbox exists",
    owner: true,
    prepare: (scene) => scene.store({ login_provisioning: "0" }),
  },
  {
    name: "y, scope offline_access",
    prepare: async (scene) => {
      await scene.selectAlso(await scene.managed("offline_access"));
      await scene.provide({ grant_types: ["authorization_code", "refresh_token"] });
      await scene.store({ client_scopes: "openid profile email offline_access" });
    },
    staying: async (scene, person, page) => {
      assert.deepEqual(await scene.refreshTokens(person), { used: 0, live: 1 });
      for (const loads of [1, 2, 3]) {
        await page.goto(`${scene.stage.installation.origins.mailcow}/user`);
        assert.deepEqual(await scene.refreshTokens(person), { used: loads, live: 1 });
      }
    },
    warning: { code: "scope_offline_access", asked: false },
  },
  {
    name: "bd, no profile mapping",
    prepare: (scene) => scene.select(({ scope_name }) => scope_name !== "profile"),
    mailbox: () => ({ name: "" }),
  },
  { name: "scopes left empty", prepare: (scene) => scene.store({ client_scopes: "" }) },
];

const domainOf = (address: string): string => address.slice(address.indexOf("@") + 1);

/** What a new mailbox has: everything from the claims and the default template. */
export function made({ name }: Person): Entry {
  return { authsource: "generic-oidc", name, quota: QUOTA.Default };
}
