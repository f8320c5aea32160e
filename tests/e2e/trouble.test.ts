/** Errors at authentik and invalid input: both are reported in words, nothing is written, nothing is lost. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { copyExtension } from "./harness/copy.ts";
import type { Product } from "./harness/installation.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { authentikState } from "./harness/witness.ts";

/** The endpoint whose responses are corrupted. */
const ENDPOINT = "propertymappings/provider/scope/";

journey("what stands in the way is said, and the next click works", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const { origins } = stage.installation;

  await step("nobody is signed in", async () => {
    const authentik = await stage.visit(`${origins.authentik}/if/flow/default-authentication-flow/`);
    const panel = await stage.clickToolbar(authentik);
    await panel.says(finding("authentik_not_signed_in"));
    await panel.assertAccessible();
    await panel.shots("trouble-not-signed-in");
    await stage.clickToolbar(await stage.visit(`${origins.mailcow}/admin/`));
    await panel.says(finding("mailcow_not_signed_in"));
    await panel.shots("trouble-mailcow-not-signed-in");
  });

  await step("an answer that makes no sense", async () => {
    const spoil = (product: Product, path: string): Promise<unknown> =>
      stage.standins.control("POST", "/fault", { browser: { product, path, kind: "html" } });
    const tabs = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
    await spoil("authentik", `/api/v3/${ENDPOINT}`);
    const panel = await stage.clickToolbar(tabs.authentik);
    await panel.go(text("section_setup"));
    await panel.says(finding("authentik_answer_html", { path: ENDPOINT, status: 200 }));
    await panel.assertAccessible();
    await panel.shots("trouble-answer");
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.clickToolbar(tabs.authentik);
    await panel.says(text("setup_title"));
    const path = "/api/v1/get/identity-provider";
    await spoil("mailcow", path);
    await stage.clickToolbar(tabs.mailcow);
    await panel.go(text("section_mailcow"));
    await panel.says(finding("mailcow_not_mailcow", { path, status: 200 }));
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.clickToolbar(tabs.mailcow);
    await panel.says(text("mailcow_title"));
  });
});

/** Enough to read everything and to create the scope mapping, but not the rest. */
const LIMITED = [
  "authentik_rbac.access_admin_interface",
  "authentik_rbac.view_system_info",
  "authentik_core.view_application",
  "authentik_core.view_group",
  "authentik_core.view_user",
  "authentik_flows.view_flow",
  "authentik_providers_oauth2.view_scopemapping",
  "authentik_providers_oauth2.add_scopemapping",
  "authentik_providers_oauth2.delete_scopemapping",
  "authentik_providers_oauth2.view_oauth2provider",
];

journey("an administrator with limited rights", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const witness = await stage.stranger();
  await stage.installation.signIn(witness.browserContext(), "authentik");
  await witness.goto(`${stage.installation.origins.authentik}/if/admin/`);
  const { user } = await stage.installation.mailboxUser();
  await stage.standins.control("POST", "/role", { user, permissions: LIMITED });
  const before = await authentikState(witness);
  const panel = await stage.clickToolbar(await stage.open("authentik", user));

  await step("what is missing is named before anything is done", async () => {
    await panel.says(text("setup_missing"));
    await panel.says("authentik_providers_oauth2.add_oauth2provider");
    await panel.assertAccessible();
    await panel.shots("limited-setup");
  });

  await step("who tries nevertheless is told where it ended, and takes it back", async () => {
    await panel.type(text("setup_mailcow"), "https://mail.mailcow.company");
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await panel.pressMain();
    await panel.says(text("done_stopped"));
    await panel.assertAccessible();
    await panel.shots("limited-stopped");
    const after = await authentikState(witness);
    assert.deepEqual(
      [after.mappings.length, after.providers.length],
      [before.mappings.length + 1, before.providers.length],
    );
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    assert.deepEqual(await authentikState(witness), before);
  });

  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  const file = join(folder, "cowbell-plan.json");
  await step("the plan is saved for somebody who may", async () => {
    await panel.press(text("read_again"));
    const saved = await stage.download(() => panel.press(`${text("save_file")} ${text("plan_file_save")}`));
    assert.equal(saved.name, "cowbell-plan.json");
    await writeFile(file, saved.text);
  });

  await step("who may loads it, sees the same plan, and does it", async () => {
    await stage.clickToolbar(await stage.open("authentik"));
    await panel.go(text("section_setup"));
    await panel.says("akadmin");
    await panel.type(text("setup_mailcow"), "");
    const load = (path: string): Promise<void> => panel.loadFile(text("plan_file_load"), path);
    const other = join(folder, "other.json");
    for (const [content, fault] of [
      ["[]", "plan_file_other"],
      ['{"cowbellPlan": 1, "authentik": "https://other.example/", "draft": {}}', "plan_file_foreign"],
      ["<html>", "plan_file_other"],
    ] as const) {
      await writeFile(other, content);
      await load(other);
      await panel.says(text(fault));
    }
    await panel.assertAccessible();
    await panel.shots("plan-file-refused", { whole: true });
    await load(file);
    await panel.find(">>> cb-summary");
    await panel.says("https://mail.mailcow.company");
    await panel.pressMain();
    await panel.says(text("done_all"));
  });
  await rm(folder, { recursive: true });
});

journey("an answer that never comes", async (step) => {
  await using impatient = await copyExtension();
  await shortenTimeouts(join(impatient.folder, "page.js"));
  await using stage = await launch({ standins: { users: 20 }, extension: impatient.folder });
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), "https://mail.mailcow.company");

  await step("while reading: said when the time is up, and the next click works", async () => {
    await stage.standins.control("POST", "/fault", {
      browser: { product: "authentik", path: `/api/v3/${ENDPOINT}`, kind: "no_answer" },
    });
    await stage.clickToolbar(tab);
    await panel.says(finding("send_timeout", { path: ENDPOINT }));
    await panel.assertAccessible();
    await panel.shots("timeout-reading");
    await stage.standins.control("POST", "/fault", { clear: {} });
    await stage.clickToolbar(tab);
    await panel.says(text("setup_title"));
  });

  await step("while writing: the run stops, goes on without making anything twice, and is taken back", async () => {
    const before = await authentikState(tab);
    const path = "core/transactional/applications/";
    await stage.standins.control("POST", "/fault", {
      browser: { product: "authentik", path: `/api/v3/${path}`, kind: "no_answer" },
    });
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await panel.pressMain();
    await panel.says(finding("send_timeout", { path }));
    await panel.assertAccessible();
    await panel.shots("timeout-writing");
    await stage.standins.control("POST", "/fault", { clear: {} });
    await panel.press(text("go_on"));
    await panel.find(">>> cb-summary");
    await panel.pressMain();
    await panel.says(text("done_all"));
    const after = await authentikState(tab);
    assert.deepEqual(
      [after.mappings.length, after.providers.length, after.applications.length],
      [before.mappings.length + 1, before.providers.length + 1, before.applications.length + 1],
    );
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    assert.deepEqual(await authentikState(tab), before);
  });
});

/** Makes the timeouts of the injected script fifteen times shorter: still long enough for a page on a busy machine. */
async function shortenTimeouts(script: string): Promise<void> {
  // The script is injected again on each click.
  const shorten =
    "{ const timeout = (AbortSignal.unhurried ??= AbortSignal.timeout); AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds / 15); }";
  await writeFile(script, `${shorten}\n${await readFile(script, "utf8")}`);
}

test("what is wrong with what is typed is said at its field", async () => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("setup_title"));
  const isRefused = (): Promise<boolean> =>
    panel.page.$eval(">>> cb-button.grow >>> button", (button) => (button as HTMLButtonElement).disabled);
  await panel.type(text("setup_mailcow"), "http://other.mailcow.company");
  await panel.says(text("address_error_not_secure"));
  assert.ok(await isRefused());
  const main = ">>> cb-button.grow >>> button";
  const background = (): Promise<string> =>
    panel.page.$eval(main, (button) => getComputedStyle(button).backgroundColor);
  const disabled = await background();
  await panel.page.hover(main);
  assert.equal(await background(), disabled, "its label could not be read");
  await panel.assertAccessible();
  await panel.shots("setup-fault");
  await panel.type(text("setup_mailcow"), " OTHER.mailcow.company/admin ");
  for (const note of ["trimmed", "scheme_added", "path_removed", "host_normalised"])
    await panel.says(text(`address_note_${note}`, { url: "" }).trim());
  assert.ok(!(await isRefused()));
  await panel.click(">>> cb-disclosure >>> summary");
  await panel.type(text("options_slug"), "mailcow-test");
  const [, taken] = text("draft_taken", { by: "§" }).split("§");
  await panel.find(`::-p-text(${JSON.stringify(taken?.split("{")[0])})`);
  assert.ok(await isRefused());
  await panel.assertAccessible();
  await panel.shots("setup-taken", { whole: true });
});

test("the core panics: what a bug report needs is shown, no secret with it, and the panel opened anew works", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  const secret = "a-secret-that-the-message-quotes";
  await panel.page.evaluate(async (secret) => {
    const main: { panic(text: string): void } = await import(new URL("panel.js", location.href).href);
    try {
      main.panic(secret);
    } catch (error) {
      // As the browser reports an uncaught trap, which would end the journey.
      dispatchEvent(new ErrorEvent("error", { error }));
    }
  }, secret);
  await panel.says(text("error_panic"));
  await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("error_details"))})`);
  const { version } = await panel.page.evaluate(() => chrome.runtime.getManifest());
  const report = await panel.find(".report");
  const said = await report.evaluate((element) => element.textContent);
  const lines = said?.split("\n") ?? [];
  assert.deepEqual(lines.slice(0, 2), [`Cowbell ${version}`, await panel.page.evaluate(() => navigator.userAgent)]);
  assert.match(lines[2] ?? "", /^panicked at \S+:\d+:\d+: \(the message is left out/);
  assert.equal(lines.length, 3);
  assert.ok(!(await panel.page.content()).includes(secret));
  await panel.assertAccessible();
  await panel.shots("trouble-panic");
  await panel.close();
  await (await stage.clickToolbar(tab)).says(text("setup_title"));
});
