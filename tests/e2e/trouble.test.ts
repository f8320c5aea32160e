/** What goes wrong at authentik, and what is typed wrongly: said in words, nothing written, nothing lost. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import * as acts from "./harness/acts.ts";
import { copyExtension } from "./harness/copy.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { ask, authentikState } from "./harness/witness.ts";

/** The endpoint whose answers are spoiled. */
const ENDPOINT = "propertymappings/provider/scope/";

/** A fault of the stand-in, and the finding that the panel shows. */
const ANSWERS: [fault: Record<string, unknown>, code: string, status?: number][] = [
  [{ kind: "status", status: 500 }, "authentik_answer_status", 500],
  [{ kind: "status", status: 503 }, "authentik_maintenance"],
  [{ kind: "html" }, "authentik_answer_html", 200],
  [{ kind: "truncated_json" }, "authentik_answer_broken", 200],
  [{ kind: "wrong_types" }, "authentik_answer_unexpected", 200],
  [{ kind: "invalid_utf8" }, "send_answer_not_text"],
  [{ kind: "huge_body", bytes: 40_000_000 }, "send_answer_too_large"],
  [{ kind: "signed_out", path: "/api/" }, "authentik_not_signed_in"],
];

journey("an answer that makes no sense is named, and the next click works", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const tab = await stage.open("authentik");
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), "https://mail.mailcow.company");

  for (const [fault, code, status] of ANSWERS) {
    await step(`${String(fault["kind"])} ${status ?? ""}`, async () => {
      await stage.standins.control("POST", "/fault", {
        browser: { product: "authentik", path: `/api/v3/${ENDPOINT}`, ...fault },
      });
      await stage.clickToolbar(tab);
      await panel.says(finding(code, { path: ENDPOINT, status: status ?? "" }));
      await panel.assertAccessible();
      await panel.shot(`trouble-${code}`);
      await stage.standins.control("POST", "/fault", { clear: {} });
      await stage.clickToolbar(tab);
      await panel.says(text("setup_redirect", { url: "" }).trim());
    });
  }
  assert.deepEqual(traffic.writes, []);
});

test("nobody is signed in to authentik", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  const tab = await stage.visit(`${stage.installation.origins.authentik}/if/flow/default-authentication-flow/`);
  const panel = await stage.clickToolbar(tab);
  await panel.says(finding("authentik_not_signed_in"));
  await panel.assertAccessible();
  await panel.shots("trouble-not-signed-in");
});

test("somebody without rights is signed in to authentik", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  const { user } = await stage.installation.mailboxUser();
  const tab = await stage.open("authentik", user);
  const panel = await stage.clickToolbar(tab);
  await panel.find(">>> cb-notice");
  await panel.assertAccessible();
  await panel.shots("trouble-no-rights");
  assert.match(await panel.text(), /permission/);
});

/** Enough to look around and to make the scope mapping, and not to make the rest. */
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

  await step("who tries nevertheless is told where it ended", async () => {
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
  });

  await step("what was done is taken back", async () => {
    await panel.press(text("undo"));
    await panel.confirm();
    await panel.says(text("undo_done"));
    assert.deepEqual(await authentikState(witness), before);
  });

  const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
  const file = join(folder, "cowbell-plan.json");
  await step("the plan is saved for somebody who may", async () => {
    await panel.press(text("again"));
    const saved = await stage.download(() => panel.press(`${text("save_file")} ${text("plan_file_save")}`));
    assert.equal(saved.name, "cowbell-plan.json");
    await writeFile(file, saved.text);
  });

  await step("who may loads it, sees the same plan, and does it", async () => {
    await stage.clickToolbar(await stage.open("authentik"));
    await panel.go(text("place_setup"));
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

journey("an administrator who impersonates somebody", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const tab = await stage.open("authentik");
  const { username, pk } = await acts.mailboxUser(stage, await authentikState(tab));
  const traffic = Traffic.of(tab);
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), "https://mail.mailcow.company");
  const impersonating = finding("authentik_impersonating", { original: "akadmin", username: String(username) });
  const impersonate = (): Promise<void> =>
    ask(tab, `/api/v3/core/users/${String(pk)}/impersonate/`, "POST", { reason: "" });
  const stopImpersonating = (): Promise<void> => ask(tab, "/api/v3/core/users/impersonate_end/");

  await step("nothing is shown of what the other person sees", async () => {
    await impersonate();
    await stage.clickToolbar(tab);
    await panel.says(impersonating);
    await panel.assertAccessible();
    await panel.shots("impersonating");
    await stopImpersonating();
    await stage.clickToolbar(tab);
    await panel.says(text("setup_title"));
  });

  await step("begun after the plan was shown, nothing is written", async () => {
    await panel.press(text("setup_show"));
    await panel.find(">>> cb-summary");
    await impersonate();
    const writes = traffic.writes.length;
    await panel.pressMain();
    await panel.says(impersonating);
    await panel.assertAccessible();
    await panel.shots("impersonating-stopped");
    assert.equal(traffic.writes.length, writes);
  });
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

/** Makes the time limits of the script that is put into tabs a hundred times shorter. */
async function shortenTimeouts(script: string): Promise<void> {
  // With each click it is put in again.
  const shorten =
    "{ const timeout = (AbortSignal.unhurried ??= AbortSignal.timeout); AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds / 100); }";
  await writeFile(script, `${shorten}\n${await readFile(script, "utf8")}`);
}

/** What is typed, and what the field says of it. */
const ADDRESSES: [typed: string, says: string][] = [
  ["mail.mailcow.company", "address_note_scheme_added"],
  ["https://mail.mailcow.company/", "setup_redirect"],
  ["https://mail.mailcow.company/admin/system#tab", "address_note_path_removed"],
  ["https://mail.mailcow.company:443", "address_note_port_removed"],
  ["https://MAIL.mailcow.company", "address_note_host_normalised"],
  ["https://möhre.example", "address_note_host_normalised"],
  ["  https://mail.mailcow.company ", "address_note_trimmed"],
  ["https://admin:pw@mail.mailcow.company", "address_note_user_info_removed"],
  ["https://192.0.2.7", "address_note_ip_address"],
  ["http://mail.mailcow.company", "address_fault_not_secure"],
  ["ftp://mail.mailcow.company", "address_fault_scheme"],
  ["https://mail mailcow.company", "address_fault_spaces"],
  ["mailcow", "address_fault_not_qualified"],
  ["https://", "address_fault_invalid"],
  ["§$%&", "address_fault_invalid"],
];

journey("mailcow's address is normalised in sight, or the field says what is wrong", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("setup_title"));
  const { authentik } = stage.installation.origins;
  for (const [typed, says] of [...ADDRESSES, [authentik, "address_fault_is_authentik"] as const]) {
    await step(`${JSON.stringify(typed === authentik ? "the address of authentik" : typed)}: ${says}`, async () => {
      await panel.type(text("setup_mailcow"), typed);
      await panel.says(text(says, { url: "" }).trim());
      const disabled = await panel.page.$eval(
        ">>> cb-button.grow >>> button",
        (button) => (button as HTMLButtonElement).disabled,
      );
      assert.equal(disabled, says.startsWith("address_fault"));
    });
  }
  await step("the faults can be read by everybody", async () => {
    await panel.assertAccessible();
    await panel.shots("setup-fault");
  });
});

journey("a name that something else has is never taken over", async (step) => {
  await using stage = await launch({ standins: { users: 20, halfMade: true } });
  const panel = await stage.clickToolbar(await stage.open("authentik"));
  await panel.says(text("setup_title"));
  await panel.type(text("setup_mailcow"), "https://other.mailcow.company");
  await panel.click(">>> cb-disclosure >>> summary");
  for (const [label, taken] of [
    ["options_slug", "mailcow-test"],
    ["options_provider", "Mailcow test"],
    ["options_mapping", "authentik default OAuth Mapping: OpenID 'email'"],
  ] as const) {
    await step(text(label), async () => {
      const field = await panel.named("textbox", text(label));
      const proposed = await field.evaluate((input) => (input as HTMLInputElement).value);
      await panel.type(text(label), taken);
      await panel.find(`::-p-text(${JSON.stringify(text("draft_taken", { by: "§" }).split("§")[1]?.split("{")[0])})`);
      await panel.shot(`setup-taken-${label}`);
      await panel.type(text(label), proposed);
    });
  }
});

test("the core traps: that is said, and the panel opened anew works", async () => {
  await using stage = await launch({ standins: { users: 20 } });
  const tab = await stage.open("authentik");
  const panel = await stage.clickToolbar(tab);
  await panel.says(text("setup_title"));
  // As the browser reports a trap in a promise that the core was at work on.
  await panel.page.evaluate(() =>
    dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })),
  );
  await panel.says(text("trouble_trap"));
  await panel.assertAccessible();
  await panel.shots("trouble-trap");
  await panel.close();
  await (await stage.clickToolbar(tab)).says(text("setup_title"));
});
