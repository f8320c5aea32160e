/** What `cargo xtask e2e --real` does where somebody has begun by hand. */

import { pretend } from "./harness/pretence.ts";

await pretend({ users: 120, halfMade: true });

await import("./main.journey.test.ts");
await import("./save-for-me.journey.test.ts");
