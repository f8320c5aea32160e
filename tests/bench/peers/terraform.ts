/** The provider of Terraform for authentik, which nobody can install without the registry of its maker. */

import { environment } from "../../e2e/harness/environment.ts";

/** What is to be said of it. */
export function terraform(): string {
  const program = environment.terraform();
  const missing =
    program === undefined ? "`terraform` is not in PATH" : "the provider `goauthentik/authentik` is not installed here";
  return `Terraform was not measured: ${missing}.`;
}
