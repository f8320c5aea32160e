/** What `cargo xtask e2e --real` does after set-up. */

import { pretend } from "./harness/pretence.ts";

await pretend({ users: 20 });

await import("./life.journey.test.ts");
await import("./repair.journey.test.ts");
