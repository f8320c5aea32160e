/**
 * The demo: both products with realistic data, an administrator signed in to each, and the panel open beside authentik. Without a
 * window it plays the main job and takes the screenshots for the README and the stores (`docs/screenshots`).
 */

import * as actions from "./harness/actions.ts";
import { environment } from "./harness/environment.ts";
import { text } from "./harness/messages.ts";
import { icons, sideBySide, tile } from "./harness/picture.ts";
import { launch, type Stage } from "./harness/stage.ts";

await using stage = await launch({ headless: environment.headless(), standins: { users: 200, halfMade: true } });
await (environment.headless() ? play(stage) : show(stage));

async function show(stage: Stage): Promise<void> {
  await stage.open("mailcow");
  const authentik = await stage.open("authentik");
  await authentik.bringToFront();
  await authentik.triggerExtensionAction(stage.extension);
  console.log(`authentik  ${stage.installation.origins.authentik}/if/admin/
mailcow    ${stage.installation.origins.mailcow}/admin/system

Cowbell's panel is open beside authentik; in mailcow, click its icon in the toolbar (it hides behind the puzzle piece).
To sign in as somebody else: ${(await stage.installation.mailboxUser()).user}, password "cowbell", in a private window.
The demo ends when the window is closed.`);
  await stage.closed();
}

async function play(stage: Stage): Promise<void> {
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const authentik = await stage.open("authentik");
  const panel = await stage.clickToolbar(authentik);
  await panel.says(text("audience_all"));
  await panel.press(text("setup_use"));
  await panel.says(text("setup_existing"));
  await panel.shot("set-up");
  await sideBySide(stage, authentik, panel, "store-1-set-up");
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  await sideBySide(stage, authentik, panel, "store-2-plan");
  await panel.shot("plan");
  await panel.shot("plan-dark", { dark: true });
  await panel.pressMain();
  await panel.says(text("done_all"));
  await panel.shot("done");
  const mailcow = await actions.goToMailcow(stage, panel);
  await panel.shot("mailcow");
  await actions.fillForm(panel);
  await panel.says(text("form_good"));
  await sideBySide(stage, mailcow, panel, "store-3-form");
  await actions.pressSave(stage, mailcow);
  await panel.says(text("mailcow_saved"));
  await panel.press(text("mailcow_check"));
  await panel.says(text("check_lead"));
  await panel.shot("check");
  await panel.go(text("section_readiness"));
  await panel.find(">>> cb-list");
  await sideBySide(stage, mailcow, panel, "store-4-who-can-sign-in");
  await panel.shot("who-can-sign-in");
  await panel.go(text("section_switch"));
  await panel.press(text("people_read"));
  await panel.says(text("wave_title"));
  await panel.shot("switch");
  const signedIn = await actions.signInByButton(stage);
  await stage.photograph(signedIn, "signed-in");
  await tile(stage, "store-tile");
  await icons(stage, "icon");
}
