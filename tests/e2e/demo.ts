/** The demo: both products with believable data, an administrator signed in to each, Cowbell in the toolbar. */

import { environment } from "./harness/environment.ts";
import { launch } from "./harness/stage.ts";

await using stage = await launch({ headless: environment.headless(), standins: { users: 200, halfMade: true } });
const tabs = { mailcow: await stage.open("mailcow"), authentik: await stage.open("authentik") };
if (environment.headless()) {
  const panel = await stage.clickToolbar(tabs.authentik);
  await panel.shots("authentik");
  await stage.clickToolbar(tabs.mailcow);
  await panel.shots("mailcow");
} else {
  console.log("Click Cowbell's icon in the toolbar. The demo ends when the window is closed.");
  await stage.closed();
}
