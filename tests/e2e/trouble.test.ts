/** What goes wrong at authentik, and what is typed wrongly: said in words, nothing written, nothing lost. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";

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
      await stage.standins.control("POST", "/fault", { browser: { product: "authentik", path: `/api/v3/${ENDPOINT}`, ...fault } });
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
      const disabled = await panel.page.$eval(`>>> cb-button.grow >>> button`, (button) => (button as HTMLButtonElement).disabled);
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
  await panel.page.locator(">>> cb-disclosure >>> summary").click();
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
  await panel.page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })));
  await panel.says(text("trouble_trap"));
  await panel.assertAccessible();
  await panel.shots("trouble-trap");
  await panel.close();
  await (await stage.clickToolbar(tab)).says(text("setup_title"));
});
