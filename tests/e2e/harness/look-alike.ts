/** Pages that look like the mailcow that authentik knows, but are not it. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { CookieData, Page } from "puppeteer-core";

import { HostileWorker } from "./hostile-worker.ts";
import type { Product } from "./installation.ts";
import { tagOfProducts } from "./messages.ts";
import type { Entry } from "./witness.ts";
import type { Stage } from "./stage.ts";
import { type State, Standins } from "./standins.ts";

/** The page of mailcow that has the form. */
const FORM_PAGE = "/admin/system";

/** A mailcow and an authentik of a third party, under other host names, with an administrator signed in. */
export class LookAlike {
  /** Origin of its mailcow. */
  readonly origin: string;
  /** Page of its authentik on which an administrator clicks the icon. */
  readonly authentik: string;
  readonly #standins: Standins;

  private constructor(standins: Standins) {
    this.#standins = standins;
    this.origin = standins.origins.mailcow;
    this.authentik = `${standins.origins.authentik}/if/admin/`;
  }

  static async start(stage: Stage): Promise<LookAlike> {
    // Cookies ignore ports, so the host name must differ.
    const host = "look-alike.localhost";
    const lookAlike = new LookAlike(
      await Standins.start({ users: 1, halfMade: true, host, language: tagOfProducts() }),
    );
    const context = stage.browser.defaultBrowserContext();
    await lookAlike.#standins.signIn(context, "mailcow");
    await lookAlike.#standins.signIn(context, "authentik");
    return lookAlike;
  }

  /** Address of the form of its mailcow. */
  get page(): string {
    return this.origin + FORM_PAGE;
  }

  /** Gives its authentik, which is open in a tab, a service worker that reads every request. */
  hostileWorker(tab: Page): Promise<HostileWorker> {
    return HostileWorker.in(tab, this.#standins, "authentik");
  }

  /** Returns everything that both ever received, as text. */
  async everything(): Promise<string> {
    return JSON.stringify(await this.#standins.control<State>("GET", "/state"));
  }

  /** Returns the session of an administrator, as the value of a header. */
  async session(product: Product, user: string): Promise<string> {
    const { cookies } = await this.#standins.control<{ cookies: CookieData[] }>("POST", "/sign-in", { product, user });
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** Changes a provider of its authentik. */
  async changeProvider(pk: unknown, change: Entry): Promise<void> {
    const { authentik } = this.#standins.origins;
    const cookie = await this.session("authentik", "akadmin");
    const [, csrf = ""] = /authentik_csrf=([^;]*)/.exec(cookie) ?? [];
    const headers = {
      cookie,
      Origin: authentik,
      Referer: `${authentik}/`,
      "X-authentik-CSRF": csrf,
      "Content-Type": "application/json",
    };
    const answer = await fetch(`http://127.0.0.1:${new URL(authentik).port}/api/v3/providers/oauth2/${String(pk)}/`, {
      method: "PATCH",
      headers,
      body: JSON.stringify(change),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }

  /** Gives its mailcow, which is open in a tab, the settings of another mailcow. */
  async copy(tab: Page, identityProvider: Entry): Promise<void> {
    await tab.evaluate(async (attr) => {
      const body = JSON.stringify({ items: ["identity-provider"], attr });
      await fetch("/api/v1/edit/identity-provider", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
    }, identityProvider);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#standins.close();
  }
}

/** A hostile site that responds as the look-alike does, except that its form page has the real mailcow in a frame. */
export class Around {
  readonly page: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    // A subdomain of mailcow's own host name: in a frame of any other site, mailcow would lack its cookies and so show no form.
    this.page = `http://around.mailcow.localhost:${(server.address() as AddressInfo).port}${FORM_PAGE}`;
  }

  static async start(framed: string, lookAlike: LookAlike): Promise<Around> {
    const { port } = new URL(lookAlike.origin);
    const cookie = await lookAlike.session("mailcow", "admin");
    const server = createServer(async (request, response) => {
      if (request.url === FORM_PAGE) {
        response
          .setHeader("Content-Type", "text/html")
          .end(`<!DOCTYPE html><title>mailcow</title><iframe src="${framed}" width="900" height="900"></iframe>`);
        return;
      }
      const answer = await fetch(`http://127.0.0.1:${port}${request.url ?? ""}`, { headers: { cookie } });
      response.statusCode = answer.status;
      response.setHeader("Content-Type", answer.headers.get("Content-Type") ?? "").end(await answer.text());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Around(server);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
