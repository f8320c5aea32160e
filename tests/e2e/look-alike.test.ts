/** The client secret is filled in only in the form of the mailcow that it is for, not in a look-alike. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { FORM, isRefused, prepared, revealed, values } from "./harness/form.ts";
import { journey } from "./harness/journey.ts";
import { Around, LookAlike } from "./harness/look-alike.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

journey("what looks like mailcow gets no secret", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  await using lookAlike = await LookAlike.start(stage);
  const { panel, secret } = await prepared(stage);
  const nothing = async (tab: Page): Promise<void> => {
    assert.ok(!(await values(tab)).includes(secret));
    assert.ok(!(await lookAlike.everything()).includes(secret));
  };

  await step("a mailcow under another name, opened and clicked by mistake", async () => {
    const tab = await stage.visit(lookAlike.page);
    await stage.clickToolbar(tab);
    await isRefused(panel, finding("form_at_foreign_origin", { origin: lookAlike.origin }));
    assert.ok((await values(tab)).length > 20, "its form was in sight");
    await nothing(tab);
    await panel.press(text("mailcow_save"));
    await panel.confirm();
    await panel.says(finding("form_at_foreign_origin", { origin: lookAlike.origin }));
    await nothing(tab);
    await tab.close();
  });

  await step("mailcow in a frame of a hostile page", async () => {
    using around = await Around.start(`${stage.installation.origins.mailcow}/admin/system`, lookAlike);
    const tab = await stage.visit(around.page);
    const frame = await tab.waitForFrame(async (frame) => frame !== tab.mainFrame() && (await frame.$(FORM)) !== null);
    await frame.evaluate(() =>
      document.querySelector<HTMLElement>("#tab-config-identity-provider")?.classList.add("active", "show"),
    );
    await stage.clickToolbar(tab);
    await isRefused(panel, finding("form_missing"));
    await nothing(tab);
    await tab.close();
  });

  await step("the tab goes over to it on the way to the form", async () => {
    const tab = await stage.open("mailcow");
    await tab.goto(`${stage.installation.origins.mailcow}/admin/dashboard`);
    await stage.clickToolbar(tab);
    const body = `<!DOCTYPE html><script>location.replace(${JSON.stringify(lookAlike.page)})</script>`;
    await stage.standins.control("POST", "/fault", {
      browser: {
        product: "mailcow",
        path: "/admin/system",
        count: 1,
        kind: "status",
        status: 200,
        body,
        content_type: "text/html",
      },
    });
    await panel.press(text("mailcow_fill"));
    await tab.waitForFunction(
      (page) => location.href === page && document.readyState === "complete",
      {},
      lookAlike.page,
    );
    await panel.says(text("chip_lost"));
    await nothing(tab);
    // Another click grants access again; the fill that was requested on the other site is discarded.
    await stage.clickToolbar(tab);
    await isRefused(panel, finding("form_at_foreign_origin", { origin: lookAlike.origin }));
    await nothing(tab);
    await tab.close();
  });

  await step("the tab goes over to it while the form is being read", async () => {
    const tab = await stage.open("mailcow");
    await stage.clickToolbar(tab);
    await tab.addStyleTag({ content: `${FORM} { display: none }` });
    await panel.press(text("mailcow_fill"));
    await panel.says(text("mailcow_filling"));
    await tab.goto(lookAlike.page);
    await panel.says(text("chip_lost"));
    await nothing(tab);
    await tab.close();
  });
});

test("a new secret is not given to a mailcow that only knows the old one, with every setting of the right one", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  await using lookAlike = await LookAlike.start(stage);
  const witness = await stage.open("mailcow");
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await actions.setUpBoth(stage, panel);
  const { identityProvider } = await mailcowState(witness);

  const tab = await stage.visit(lookAlike.page);
  await lookAlike.copy(tab, identityProvider);
  await stage.clickToolbar(tab);
  await panel.go(text("section_maintain"));
  await panel.press(text("rotate_run"));
  await panel.confirm();
  await panel.says(finding("form_at_foreign_origin", { origin: lookAlike.origin }));
  assert.deepEqual((await mailcowState(witness)).identityProvider, identityProvider);
  const { client_secret } = identityProvider;
  assert.ok((await lookAlike.everything()).includes(String(client_secret)), "it had the old one");
  const providers = (await authentikState(await stage.open("authentik"))).providers;
  assert.deepEqual(
    providers.map((provider) => provider["client_secret"]),
    [client_secret],
  );
});

journey("what one authentik has made or had, another one is not told", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  await using lookAlike = await LookAlike.start(stage);
  const { tab, panel, secret } = await prepared(stage);
  const other = await stage.visit(lookAlike.authentik);

  await step("a client of the same ID, without a secret, does not get the one that was made", async () => {
    const { providers } = await authentikState(tab);
    const [mine] = (await authentikState(other)).providers;
    const redirect_uris = [stage.installation.origins.mailcow, lookAlike.origin].map((url) => ({
      matching_mode: "strict",
      url,
    }));
    await lookAlike.changeProvider(mine?.["pk"], {
      client_id: providers[0]?.["client_id"],
      client_secret: "",
      redirect_uris,
    });
    await stage.clickToolbar(other);
    await panel.says(text("secret_unknown", { provider: String(mine?.["name"]) }));
    assert.equal(await revealed(panel), undefined);
  });

  await step("what was removed does not go back there", async () => {
    await stage.clickToolbar(tab);
    await panel.until(async () => (await revealed(panel)) === secret);
    const form = await actions.goToMailcow(stage, panel);
    await actions.saveForMe(stage, panel, form);
    await panel.go(text("section_maintain"));
    await panel.press(text("remove_run"));
    await panel.confirm();
    await panel.says(text("maintenance_removed"));
    await stage.clickToolbar(other);
    await panel.go(text("section_check"));
    await panel.says(finding("settings_missing"));
    await panel.go(text("section_maintain"));
    // Restoring is offered only where the integration was removed.
    assert.ok(!(await panel.text()).includes(text("restore_removed_run")));
    assert.ok(!(await lookAlike.everything()).includes(secret));
    await stage.clickToolbar(tab);
    await panel.press(text("restore_removed_run"));
    await panel.says(text("maintenance_restored"));
    assert.equal((await authentikState(tab)).providers[0]?.["client_secret"], secret);
  });
});

test("a check that is asked for while another authentik is clicked on is answered for that one", async () => {
  await using stage = await launch({ standins: { users: 1, delay: 150 } });
  await using lookAlike = await LookAlike.start(stage);
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const [mine, other] = [await stage.open("authentik"), await stage.visit(lookAlike.authentik)];
  const panel = await stage.clickToolbar(mine);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), stage.installation.origins.mailcow);
  await stage.clickToolbar(await stage.visit(stage.installation.origins.mailcow));
  await panel.says(text("mailcow_title"));

  await panel.go(text("section_check"));
  await stage.clickToolbar(other);
  await panel.says(finding("provider_differs", { count: 3 }));
});
