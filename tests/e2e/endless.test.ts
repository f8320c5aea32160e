/** A page in which something is too large, has another name than expected, or never ends, is answered for in time (case S13). */

import assert from "node:assert/strict";
import { join } from "node:path";

import * as actions from "./harness/actions.ts";
import { copyExtension, hurry } from "./harness/copy.ts";
import { FORM, isRefused, prepared, values } from "./harness/form.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";

/** Properties of forms, elements and documents whose place a control of that name takes. */
const NAMES = [
  "elements",
  "length",
  "submit",
  "requestSubmit",
  "reset",
  "action",
  "method",
  "target",
  "name",
  "id",
  "querySelector",
  "querySelectorAll",
  "closest",
  "matches",
  "contains",
  "children",
  "attributes",
  "style",
  "getAttribute",
  "setAttribute",
  "checkVisibility",
  "getClientRects",
  "getBoundingClientRect",
  "scrollIntoView",
  "parentElement",
  "parentNode",
  "assignedSlot",
  "shadowRoot",
  "baseURI",
  "ownerDocument",
  "nodeType",
  "addEventListener",
  "dispatchEvent",
  "documentElement",
  "body",
  "title",
  "cookie",
  "readyState",
  "elementFromPoint",
  "createElement",
  "defaultView",
  "forms",
];

journey("what is too much is named, and other names are no obstacle", async (step) => {
  await using stage = await launch({ standins: { users: 20 } });
  const { panel, secret } = await prepared(stage);
  const form = await actions.goToMailcow(stage, panel);

  for (const later of [false, true]) {
    await step(`2,000 rows of attribute mappings${later ? ", added once a value was entered" : ""}`, async () => {
      const rows = await form.evaluateHandle(addRows, FORM, 2_000, later);
      await isRefused(panel, finding("form_too_large"));
      await panel.says(finding("form_too_large_remedy"));
      assert.ok(!(await values(form)).includes(secret));
      await rows.evaluate((rows) => rows.remove());
    });
  }

  // A browser may take longer for these than Cowbell waits.
  const tooMuch = [finding("form_too_large"), finding("form_silent")];

  await step("20,000 rows of attribute mappings", async () => {
    const rows = await form.evaluateHandle(addRows, FORM, 20_000, false);
    await isRefused(panel, ...tooMuch);
    await rows.evaluate((rows) => rows.remove());
  });

  for (const [what, name] of Object.entries({
    "the field of an endpoint": "authorize_url",
    "another field": "other",
  })) {
    await step(`80 MB in ${what}`, async () => {
      await form.$eval(
        FORM,
        (form, name) => {
          const field = document.createElement("textarea");
          field.hidden = true;
          field.name = name;
          field.value = "x".repeat(80 * 1024 * 1024);
          form.append(field);
        },
        name,
      );
      await isRefused(panel, ...tooMuch);
      await form.$eval(`${FORM} textarea`, (field) => field.remove());
    });
  }

  await step("controls, forms and images whose names are those of properties", async () => {
    await form.reload();
    const named = await form.evaluateHandle(
      (selector, names) => {
        const form = document.querySelector(selector);
        const root = document.documentElement;
        const all = names.flatMap((name) => {
          const named = (tag: string): HTMLElement => {
            const element = document.createElement(tag);
            element.setAttribute("name", name);
            return element;
          };
          const control = named("input");
          control.setAttribute("type", "hidden");
          return [control, named("img"), named("form")];
        });
        // An address that has to be resolved.
        form?.setAttribute("action", "system");
        // Later in the document than everything that is looked for.
        for (const element of all) {
          const place = element instanceof HTMLInputElement ? form : root;
          if (place) Element.prototype.append.call(place, element);
        }
        return () => {
          for (const element of all) Element.prototype.remove.call(element);
        };
      },
      FORM,
      NAMES,
    );
    await stage.clickToolbar(form);
    await actions.fillForm(panel);
    await named.evaluate((restore) => restore());
    assert.ok((await values(form)).includes(secret));
    assert.ok((await actions.marks(form)).length > 0);
  });
});

journey("a page that is busy for ever does not keep the panel waiting", async (step) => {
  await using impatient = await copyExtension();
  await hurry(join(impatient.folder, "panel.js"), 10_000, 5);
  await using stage = await launch({ standins: { users: 20 }, extension: impatient.folder });
  const { panel } = await prepared(stage);
  const form = await actions.goToMailcow(stage, panel);

  await step("from the first value on", async () => {
    await form.$eval(FORM, (form) =>
      form.addEventListener("input", () => {
        // Longer than anybody waits here, and not for ever, so that Firefox can close.
        for (const end = Date.now() + 20_000; Date.now() < end; );
      }),
    );
    await isRefused(panel, finding("form_silent"));
    await panel.says(finding("form_silent_remedy"));
    await panel.assertAccessible();
  });

  await step("before the icon is clicked", async () => {
    const other = await stage.visit(`${stage.installation.origins.mailcow}/admin/system`);
    await other.bringToFront();
    await other.evaluate(() => {
      setTimeout(() => {
        for (const end = Date.now() + 20_000; Date.now() < end; );
      });
    });
    await stage.clickIcon(other);
    await panel.says(text("lost_unreachable", { product: text("product_mailcow") }));
    await panel.says(text("lost_unreachable_note", { product: text("product_mailcow") }));
  });
});

/** Adds rows to the attribute mapping, now or once a value is entered; returns what they lie in. */
function addRows(form: string, most: number, later: boolean): HTMLElement {
  const rows = document.createElement("div");
  for (let count = 0; count < most; count += 1) {
    const row = document.createElement("div");
    const mapper = document.createElement("input");
    mapper.name = "mappers";
    const template = document.createElement("select");
    template.name = "templates";
    row.append(mapper, template);
    rows.append(row);
  }
  const element = document.querySelector(form);
  if (later) element?.addEventListener("input", () => element.append(rows), { once: true });
  else element?.append(rows);
  return rows;
}
