/** A sign-in to mailcow that is not finished: the panel says what is pending, and reads mailcow once it is done. */

import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

const PENDING = ["second_factor", "second_factor_setup", "new_password"];

journey("what mailcow still demands of its administrator is said", async (step) => {
  await using stage = await launch({ standins: { users: 10 } });
  const context = stage.browser.defaultBrowserContext();
  const demand = async (what?: string): Promise<void> => {
    await stage.standins.control("POST", "/pending", { what });
    await stage.installation.signIn(context, "mailcow");
  };
  const tab = await stage.open("mailcow");

  for (const what of PENDING) {
    await step(`pending: ${what}`, async () => {
      await demand(what);
      await tab.goto(`${stage.installation.origins.mailcow}/admin`);
      const panel = await stage.clickToolbar(tab);
      await panel.says(finding(`mailcow_${what}_pending`));
      await panel.assertAccessible();
    });
  }

  await step("nothing is pending any more", async () => {
    await demand();
    await tab.goto(`${stage.installation.origins.mailcow}/admin`);
    const panel = await stage.clickToolbar(tab);
    await panel.says(text("mailcow_unknown"));
  });
});
