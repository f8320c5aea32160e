/** A script with authentik's official Python client, run beside the others. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { environment } from "../../e2e/harness/environment.ts";
import type { Peer } from "./peer.ts";

const SCRIPT = "tests/bench/peers/client.py";

/** How the script writes: each user read again and written in turn, or what the list had, six at a time. */
export function python(way: "turn" | "six"): Peer {
  return async ({ api, token }, ready) => {
    const { PATH = "" } = process.env;
    const script = spawn(environment.python(), [SCRIPT, api, way], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH, AUTHENTIK_TOKEN: token },
    });
    const lines = createInterface(script.stdout)[Symbol.asyncIterator]();
    const line = async (): Promise<{ said?: string }> => {
      const { value } = await lines.next();
      if (typeof value !== "string") throw new Error(`${SCRIPT} ended too soon`);
      return JSON.parse(value) as { said?: string };
    };
    await line();
    await ready();
    script.stdin.end("\n");
    const { said = "" } = await line();
    return said;
  };
}
