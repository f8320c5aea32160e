/** What differs in Firefox: a sidebar, an event page that ends, and access that ends with each page. */

import { test } from "node:test";

import * as actions from "./harness/actions.ts";
import { text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** Width in pixels of a sidebar at its narrowest. */
const NARROWEST = 252;

test("a click opens the sidebar although the event page has ended", async () => {
  await using stage = await launch();
  const tab = await stage.open("authentik");
  await stage.firefox.endEventPage();
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.shot("setup-narrow", { width: NARROWEST });
});

test("another page ends the access, the panel says so, and the next click goes on with what was asked for", async () => {
  await using stage = await launch();
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await actions.describeSetup(stage, panel);
  await panel.press(text("setup_show"));
  await panel.find(">>> cb-summary");
  await panel.shot("plan-narrow", { width: NARROWEST });
  await panel.pressMain();
  await panel.says(text("done_all"));
  await stage.open("mailcow");
  const tab = await stage.visit(`${stage.installation.origins.mailcow}/admin/dashboard`);
  await stage.clickToolbar(tab);
  // The first press opens the page with the form.
  await panel.press(text("mailcow_fill"));
  await panel.says(text("lost_loaded", { product: text("product_mailcow") }));
  await panel.assertAccessible();
  await panel.shots("lost-loaded");
  await stage.clickToolbar(tab);
  await panel.says(text("mailcow_not_saved"));
  await panel.shot("mailcow-narrow", { width: NARROWEST });
});

test("not allowed in private windows, the panel gives the address to open, and sees the sign-in there", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  await stage.open("mailcow");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await actions.setUpBoth(stage, panel);
  await panel.press(text("mailcow_check"));
  await panel.press(text("test_sign_in_run"));
  await panel.says(text("test_sign_in_closed"));
  await panel.says(`${stage.installation.origins.mailcow}/`);
  await panel.assertAccessible();
  await panel.shots("trial-closed");
  await actions.signInByButton(stage);
  await panel.says(text("test_sign_in_passed"));
});
