/** Creates the profile that the Firefox of each journey gets a copy of. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { environment } from "./harness/environment.ts";
import { launchFirefox } from "./harness/firefox.ts";

const profile = environment.firefoxProfile();
await rm(profile, { recursive: true, force: true });
await mkdir(profile, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), "cowbell-"));
const browser = await launchFirefox({ profile }, folder);
await browser.pages();
await browser.close();
await rm(folder, { recursive: true });
