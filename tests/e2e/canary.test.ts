/** Searches every place where a browser may store something for the client secret, after every action that handles it. */

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ConsoleMessage, Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { environment } from "./harness/environment.ts";
import type { Product } from "./harness/installation.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { betrays, bytesOf, tracesOf } from "./harness/traces.ts";
import { ask, authentikState, mailcowState } from "./harness/witness.ts";

journey("no trace of the client secret is left", async (step) => {
  const profile = await mkdtemp(join(tmpdir(), "cowbell-canary-"));
  const secrets = new Set<string>();
  const said: string[] = [];
  const files: string[] = [];
  const hear = (page: Page): void => void page.on("console", (message: ConsoleMessage) => said.push(message.text()));
  try {
    await step("it is made, shown as dots, copied, filled in, saved, proven, handed over, and replaced", async () => {
      await using stage = await launch({ standins: { users: 20 }, profile });
      const witness = { authentik: await stage.open("authentik"), mailcow: await stage.open("mailcow") };
      const remember = async (): Promise<void> => {
        const { providers } = await authentikState(witness.authentik);
        for (const { client_secret } of providers) secrets.add(String(client_secret));
        const { identityProvider } = await mailcowState(witness.mailcow);
        assert.ok(secrets.has(String(identityProvider["client_secret"])));
      };
      const panel = await stage.clickToolbar(await stage.visit(`${stage.installation.origins.authentik}/if/admin/`));
      hear(panel.page);
      // Firefox offers no access to the core's memory.
      const looks = environment.browser() === "chromium";
      const forgotten = async (): Promise<void> => {
        if (looks) await panel.until(async () => (await copiesInCore(secrets, panel)) === 0);
      };
      await actions.describeSetup(stage, panel);
      const save = async (button: string): Promise<void> =>
        void files.push((await stage.download(() => panel.press(button))).text);
      await panel.press(text("setup_show"));
      await save(`${text("save_file")} ${text("plan_file_save")}`);
      await panel.go(text("section_setup"));
      await actions.planAndApply(panel);
      await panel.copy(text("client_secret"));
      const form = await actions.goToMailcow(stage, panel);
      hear(form);
      // Who could sign in once mailcow has the client: what is read for it outlives the secret.
      await panel.go(text("section_readiness"));
      await panel.says(text("readiness_address"));
      await panel.go(text("section_mailcow"));
      await actions.fillForm(panel);
      const [secret] = (await actions.formValues(form))["client_secret"] ?? [];
      assert.ok(secret && secret.length === 128);
      secrets.add(secret);
      if (looks) assert.ok((await copiesInCore(secrets, panel)) > 0);
      await nowhere(secrets, panel, form);
      await panel.press(text("form_test_run"));
      await panel.press(text("form_test_again"));
      assert.deepEqual(await logsWith(secrets, witness), []);
      await actions.saveForMe(stage, panel, form);
      await forgotten();
      await panel.press(text("mailcow_check"));
      await panel.says(text("signins_lead"));
      await panel.go(text("section_readiness"));
      await panel.says(text("readiness_address"));
      await remember();
      await save(text("readiness_csv"));
      await forgotten();
      await panel.go(text("section_switch"));
      await panel.press(text("people_read"));
      await save(text("people_csv"));
      await forgotten();
      await panel.go(text("section_maintain"));
      await panel.click(`>>> cb-disclosure >>> summary::-p-text(${JSON.stringify(text("export"))})`);
      for (const what of ["report", "blueprint", "terraform", "mailcow_api"])
        await save(`${text("save_file")} ${text(`export_${what}`)}`);
      await panel.go(text("section_check"));
      await panel.press(text("signins_explain"));
      await panel.says(text("signins_unseen"));
      await forgotten();
      await panel.go(text("section_maintain"));
      await panel.press(text("rotate_run"));
      await panel.confirm();
      await panel.says(text("finding_secret_rotated"));
      await remember();
      assert.equal(secrets.size, 2);
      await forgotten();
      // mailcow logs what is saved in it, whoever saves it (docs/contract/mailcow.md, section 4).
      const logged = await logsWith(secrets, witness);
      assert.ok(logged.length > 0);
      for (const entry of logged) assert.match(entry, /"uri":"[^"]*edit\/identity-provider"/);
      await nowhere(secrets, panel, form);
      await panel.go(text("section_plan"));
      await nowhere(secrets, panel, form);
    });

    await step("nothing is in what was said or saved as a file, nor in the profile’s folder", async () => {
      assert.ok(files.length === 7 && files.every((file) => file.length > 100));
      assert.ok(!files.some((file) => betrays(file, secrets)), "saved as a file");
      assert.ok(!said.some((line) => betrays(line, secrets)), "said in a console");
      assert.deepEqual(await filesWith(profile, secrets), []);
    });
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});

/** Searches the extension's storages, the whole document of the panel, and mailcow's document outside the field. */
async function nowhere(secrets: ReadonlySet<string>, panel: Panel, form: Page): Promise<void> {
  const storage = await panel.page.evaluate(async () =>
    JSON.stringify([
      await chrome.storage.session.get(),
      await chrome.storage.local.get(),
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      await caches.keys(),
    ]),
  );
  const document = await panel.page.evaluate(wholeDocument, "");
  const outside = await form.evaluate(wholeDocument, '[name="client_secret"]');
  assert.ok(document.includes("Cowbell") && outside.includes("<form"));
  for (const [where, what] of Object.entries({ storage, document, outside })) assert.ok(!betrays(what, secrets), where);
}

/** Counts the traces of a secret in the core's memory, including what it has freed. */
async function copiesInCore(secrets: ReadonlySet<string>, { page }: Panel): Promise<number> {
  const memories = await page.queryObjects(await page.evaluateHandle(() => WebAssembly.Memory.prototype));
  const traces = tracesOf(secrets);
  return page.evaluate(
    ([memory], traces) => {
      const bytes = new TextDecoder("latin1").decode(memory?.buffer);
      return traces.filter((trace) => bytes.includes(trace)).length;
    },
    memories,
    traces,
  );
}

/** Returns the entries of the products' logs that contain a secret. */
async function logsWith(
  secrets: ReadonlySet<string>,
  { authentik, mailcow }: Record<Product, Page>,
): Promise<string[]> {
  const logs = await Promise.all(["ui", "api"].map((log) => ask<object>(mailcow, `/api/v1/get/logs/${log}/1000`)));
  const { results } = await ask<{ results: object }>(authentik, "/api/v3/events/events/?page_size=100");
  // mailcow returns an empty list as an object.
  return [...logs, results]
    .flatMap((log) => Object.values(log))
    .map((entry) => JSON.stringify(entry))
    .filter((entry) => betrays(entry, secrets));
}

/** Returns markup and values of a document with its shadow roots, except what matches. */
function wholeDocument(but: string): string {
  const parts: string[] = [];
  const walk = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll("*")) {
      if (but && element.matches(but)) continue;
      parts.push((element.cloneNode() as Element).outerHTML, "value" in element ? String(element.value) : "");
      for (const child of element.childNodes) if (child instanceof Text) parts.push(child.data);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return parts.join("\n");
}

/** Returns the files below a folder that contain a trace of a secret. */
async function filesWith(folder: string, secrets: ReadonlySet<string>): Promise<string[]> {
  const parts = bytesOf(tracesOf(secrets));
  const found: string[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.ok(files.length > 20, "the profile has files");
  for (const file of files) {
    const content = await readFile(file);
    if (parts.some((part) => content.includes(part)))
      found.push(`${file.slice(folder.length)}: ${content.toString("latin1").match(/https?:[^\0]{0,120}/)?.[0] ?? ""}`);
  }
  return found;
}
