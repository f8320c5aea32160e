/** What `cargo xtask e2e --real` does, proven on stand-ins that it takes for real: by their addresses, login pages and passwords alone. */

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Standins } from "./harness/standins.ts";

const standins = await Standins.start({ users: 120, halfMade: true });
const { user, password } = await standins.mailboxUser();

before(() => {
  Object.assign(process.env, {
    COWBELL_REAL: "1",
    AUTHENTIK_URL: standins.origins.authentik,
    AUTHENTIK_USER: "akadmin",
    AUTHENTIK_PASSWORD: password,
    MAILCOW_URL: `${standins.origins.mailcow}/`,
    MAILCOW_USER: "admin",
    MAILCOW_PASSWORD: password,
    MAILBOX_USER: user,
    MAILBOX_PASSWORD: password,
  });
});

await import("./main.journey.test.ts");
await import("./save-for-me.journey.test.ts");

after(async () => {
  const { mailcow } = await standins.control<{ mailcow: { ui_log: { call: string }[] } }>("GET", "/state");
  await standins.close();
  assert.ok(mailcow.ui_log.some(({ call }) => call?.includes("admin_login")), "nobody used the login page");
});
