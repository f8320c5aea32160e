/** A wave of two at products as they are: one who signs in with authentik afterwards, one whom nobody owns, and both switched back. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { counted, text } from "./harness/messages.ts";
import { launchAsReal } from "./harness/stage.ts";
import { ask, type Entry, mailcowState } from "./harness/witness.ts";

journey("a wave of two is switched, has arrived, and is switched back", async (step) => {
  await using stage = await launchAsReal({ users: 20 });
  const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const before = await actions.before(witness);
  const user = await actions.mailboxUser(stage, before.authentik);
  const address = String(user["email"]).toLowerCase();
  const domain = address.slice(address.indexOf("@") + 1);
  const program = `cowbell-wave@${domain}`;
  const made: Entry[] = [];
  const panel = await stage.clickToolbar(await stage.visit(`${stage.installation.origins.authentik}/if/admin/`));
  const authsources = async (): Promise<unknown[]> => {
    const { mailboxes } = await mailcowState(witness.mailcow);
    return [address, program].map((one) => mailboxes.find(({ username }) => username === one)?.["authsource"]);
  };
  const pick = async (sought: string): Promise<void> => {
    await panel.type(text("list_search", { list: text("people_list") }), sought, "searchbox");
    await panel.says(counted("list_found", 1));
    await panel.click(">>> cb-list >>> .pick");
  };

  await step("two mailboxes have passwords of their own", async () => {
    for (const one of [address, program]) {
      if (before.mailcow.mailboxes.some(({ username }) => username === one)) continue;
      const password = randomBytes(24).toString("base64url");
      await ask(witness.mailcow, "/api/v1/add/mailbox", "POST", {
        local_part: one.slice(0, one.indexOf("@")),
        domain,
        name: one,
        password,
        password2: password,
        active: "1",
        authsource: "mailcow",
      });
      made.push({ username: one });
    }
    // mailcow shows its message about them on the next page.
    await witness.mailcow.reload();
    assert.deepEqual(await authsources(), ["mailcow", "mailcow"], "both have to sign in with a password in mailcow");
  });

  const standing = await mailcowState(witness.mailcow);
  await step("both sides are set up, and nobody is switched", async () => {
    await actions.setUpBoth(stage, panel);
    assert.deepEqual(await authsources(), ["mailcow", "mailcow"]);
  });

  await step("the wave of the two names whom nobody owns before it is switched", async () => {
    await panel.go(text("section_switch"));
    await panel.press(text("people_read"));
    await panel.says(text("wave_title"));
    // What Cowbell proposes here depends on the installation.
    await panel.press(text("wave_nobody"));
    await pick(address);
    await pick(program);
    await panel.press(counted("people_switch", 2));
    await panel.says(text("switch_wave_question", { mailboxes: counted("mailboxes", 2) }));
    await panel.says(counted("wave_keeps_password", 1));
    assert.deepEqual(await authsources(), ["mailcow", "mailcow"]);
    await panel.confirm();
    await panel.says(counted("switched", 2));
    assert.deepEqual(await authsources(), ["generic-oidc", "generic-oidc"]);
    const others = ({ mailboxes }: typeof standing): Entry[] =>
      mailboxes.filter(({ username }) => username !== address && username !== program);
    assert.deepEqual(others(await mailcowState(witness.mailcow)), others(standing), "nobody else is switched");
  });

  await step("who signs in has arrived, and the other mailbox has no user", async () => {
    const page = await actions.signInByButton(stage);
    assert.ok(new URL(page.url()).pathname.startsWith("/SOGo/so"), page.url());
    // mailcow writes a line into its log when the next page is loaded.
    await page.goto(`${stage.installation.origins.mailcow}/user`);
    await page.browserContext().close();
    await panel.go(text("section_arrivals"));
    await panel.press(text("arrivals_read"));
    const arrived = [text("arrival_signed_in"), text("arrival_authorized")];
    await panel.until(async () => {
      const kinds = await panel.texts("cb-filter >>> button");
      return (
        kinds.some((kind) => arrived.some((word) => kind.endsWith(word))) &&
        kinds.some((kind) => kind.endsWith(text("arrival_no_user")))
      );
    });
    await panel.shots("wave-arrived");
  });

  await step("both are switched back, and all of it is taken away", async () => {
    await panel.press(text("switch_undo"));
    await panel.confirm();
    await panel.says(counted("switched_back", 2));
    assert.deepEqual(await authsources(), ["mailcow", "mailcow"]);
    for (const mailbox of made) await actions.removeMailbox(witness.mailcow, mailbox);
    await panel.go(text("section_maintain"));
    await panel.press(text("remove_run"));
    await panel.confirm();
    await panel.says(text("maintenance_removed"));
    if (before.mailcow.identityProvider["authsource"])
      await actions.putIdentityProviderBack(witness.mailcow, before.mailcow);
    await actions.undoAtAuthentik(panel);
    assert.deepEqual(await actions.both(witness), before);
  });
});
