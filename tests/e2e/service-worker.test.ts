/** A service worker of a page never reads a client secret that Cowbell sends (case S1). */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { environment } from "./harness/environment.ts";
import { paste } from "./harness/form.ts";
import { HostileWorker } from "./harness/hostile-worker.ts";
import { journey } from "./harness/journey.ts";
import { LookAlike } from "./harness/look-alike.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { betrays } from "./harness/traces.ts";

journey("a service worker never reads the client secret", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  await using lookAlike = await LookAlike.start(stage);
  const { origins } = stage.installation;
  const tabs = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
  const secret = await actions.integrate(stage, tabs);
  const elsewhere = await stage.visit(lookAlike.authentik);
  const stranger = await lookAlike.hostileWorker(elsewhere);
  const panel = await stage.clickToolbar(elsewhere);
  const check = async (): Promise<void> => panel.go(text("section_check"));
  const readsNothing = async (worker: HostileWorker): Promise<string> => {
    const read = await worker.read();
    assert.ok(!betrays(read, [secret]));
    return read;
  };

  await step("a look-alike of authentik is clicked by mistake, then mailcow, and both are checked", async () => {
    await panel.says(text("setup_title"));
    await stage.clickToolbar(tabs.mailcow);
    await panel.says(text("mailcow_title"));
    await check();
    // Through mailcow's own page, although the other authentik is not the one that mailcow names.
    await panel.says(finding("credentials_right"));
    await panel.go(text("section_mailcow"));
    await panel.press(text("mailcow_show_form"));
    await paste(tabs.mailcow, "client_secret", [...secret].reverse().join(""));
    await panel.says(finding("credentials_wrong_secret"));
    await paste(tabs.mailcow, "client_secret", secret);
    await panel.says(finding("credentials_right"));
    const read = await readsNothing(stranger);
    if (environment.browser() === "firefox")
      assert.match(read, /\/api\/v3\//, "it reads what Cowbell sends from there");
    assert.ok(!betrays(await lookAlike.everything(), [secret]));
  });

  await step("mailcow’s own page has one: it is named, and what to do", async () => {
    const worker = await HostileWorker.in(tabs.mailcow, stage.standins, "mailcow");
    await stage.clickToolbar(tabs.mailcow);
    await check();
    await panel.says(finding("credentials_service_worker", { origin: origins.mailcow }));
    await panel.says(finding("credentials_service_worker_remedy", { origin: origins.mailcow }));
    await panel.assertAccessible();
    await panel.shots("service-worker");
    await readsNothing(worker);
    await worker.remove();
    await stage.clickToolbarAgain(tabs.mailcow);
    await check();
    await panel.says(finding("credentials_right"));
  });

  await step("the right authentik proves the client; with a service worker it does not get it", async () => {
    await stage.clickToolbar(tabs.authentik);
    await check();
    await panel.says(finding("credentials_right"));
    const worker = await HostileWorker.in(tabs.authentik, stage.standins, "authentik");
    await stage.clickToolbar(tabs.authentik);
    await check();
    await panel.says(finding("credentials_service_worker", { origin: origins.authentik }));
    await readsNothing(worker);
    await worker.remove();
    await stage.clickToolbarAgain(tabs.authentik);
    await check();
    await panel.says(finding("credentials_right"));
    await readsNothing(stranger);
  });
});
