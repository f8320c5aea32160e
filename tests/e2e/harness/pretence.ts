/** Stand-ins that journeys take for real installations: by their addresses, login pages and passwords alone. */

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Standins } from "./standins.ts";

/** Starts them for the journeys that the calling file imports afterwards, as `cargo xtask e2e --real` would name them. */
export async function pretend(options: Parameters<typeof Standins.start>[0]): Promise<void> {
  const standins = await Standins.start(options);
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

  after(async () => {
    const { mailcow } = await standins.control<{ mailcow: { ui_log: { call: string }[] } }>("GET", "/state");
    await standins.close();
    assert.ok(
      mailcow.ui_log.some(({ call }) => call?.includes("admin_login")),
      "nobody used the login page",
    );
  });
}
