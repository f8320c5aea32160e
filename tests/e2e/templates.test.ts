/** Members of a group get their mailboxes from a template: options, plan, mailcow's form, and another rule. */

import assert from "node:assert/strict";

import * as actions from "./harness/actions.ts";
import { journey } from "./harness/journey.ts";
import { text } from "./harness/messages.ts";
import type { Panel } from "./harness/panel.ts";
import { launch } from "./harness/stage.ts";
import { authentikState, only } from "./harness/witness.ts";

/** A group of which everyone is a member. */
const GROUP = "staff";
const TEMPLATE = "OIDC Users";
const SCOPE = "mailcow_template";

/** The controls of the first row. */
const CONTROL = {
  group: ">>> .pair:first-child > :first-child >>> select",
  typed: ">>> .pair:first-child > :last-child >>> input",
  template: ">>> .pair:first-child > :last-child >>> select",
};

/** Selects an option of a menu by its label. */
async function choose(panel: Panel, menu: string, name: string): Promise<void> {
  const select = await panel.find(menu);
  const value = await select.evaluate(
    (select, name) => [...(select as HTMLSelectElement).options].find((option) => option.text === name)?.value,
    name,
  );
  assert.ok(value !== undefined, name);
  await panel.page.locator(menu).fill(value);
}

journey("mailboxes come from the template of a group", async (step) => {
  await using stage = await launch({ standins: { users: 40 } });
  await stage.open("mailcow");
  const authentik = await stage.open("authentik");
  const panel = await stage.clickToolbar(authentik);
  await step("a rule is made before mailcow was seen", async () => {
    await actions.describeSetup(stage, panel);
    await panel.click(">>> cb-disclosure >>> summary");
    await choose(panel, CONTROL.group, GROUP);
    await panel.says(text("draft_nothing_chosen"));
    await panel.page.locator(CONTROL.typed).fill(TEMPLATE);
    await panel.until(async () => !(await panel.text()).includes(text("draft_nothing_chosen")));
    await panel.assertAccessible();
    await (await panel.find(">>> cb-group")).scrollIntoView();
    await panel.shots("setup-templates");
  });

  await step("the plan has a second mapping, and says what mailcow does with it", async () => {
    await panel.press(text("setup_show"));
    await panel.says(text("remark_template_each_time"));
    await panel.assertAccessible();
    await panel.shot("plan-templates", { height: 1100 });
    await panel.pressMain();
    await panel.says(text("done_all"));
  });

  await step("mailcow’s form gets the scope and the row, and keeps them", async () => {
    const tab = await actions.goToMailcow(stage, panel);
    await actions.fillForm(panel);
    const { client_scopes, mappers, templates } = await actions.formValues(tab);
    assert.deepEqual([client_scopes, mappers, templates], [[`openid profile email ${SCOPE}`], [TEMPLATE], [TEMPLATE]]);
    await actions.pressSave(stage, tab);
    await stage.clickToolbar(tab);
    await panel.says(text("mailcow_in_sync"));
  });

  await step("the panel knows the rule again and offers mailcow’s templates", async () => {
    await stage.clickToolbar(authentik);
    await panel.go(text("section_setup"));
    await panel.click(">>> cb-disclosure >>> summary");
    await (await panel.find(CONTROL.template)).scrollIntoView();
    await panel.assertAccessible();
    await panel.shot("setup-templates-known");
    await choose(panel, CONTROL.template, "Default");
    await actions.planAndApply(panel);
    const { mappings } = await authentikState(authentik);
    assert.ok(String(only(mappings, "scope_name", SCOPE)["expression"]).includes(`["${GROUP}", "Default"]`));
  });
});
