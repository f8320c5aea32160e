/** What a screen of the gallery consists of, and the chips that most of them share. */

import { html, type TemplateResult } from "lit";
import type { Place } from "../panel/ui/tabs";

export interface Screen {
  name: string;
  place: "setup" | "plan" | "mailcow" | "check";
  chips: TemplateResult;
  badges?: Readonly<Record<string, Pick<Place, "badge">>>;
  main: () => TemplateResult;
  bar?: () => TemplateResult;
}

export const authentik = html`<cb-chip slot="chips" state="live" name="authentik" version="2026.2" host="authentik.company" who="akadmin"></cb-chip>`;
export const mailcow = html`<cb-chip slot="chips" state="live" name="mailcow" version="2026-07" host="mailcow.company" who="admin"></cb-chip>`;
export const noAuthentik = html`<cb-chip slot="chips" state="absent" name="authentik"></cb-chip>`;
export const noMailcow = html`<cb-chip slot="chips" state="absent" name="mailcow"></cb-chip>`;
