/** Stands in for the browser, so that the gallery is an ordinary page. Imported before everything else. */

import core from "../../_locales/en/core.json";
import findings from "../../_locales/en/findings.json";
import extension from "../../_locales/en/extension.json";
import panel from "../../_locales/en/panel.json";
import readiness from "../../_locales/en/readiness.json";
import { bundled } from "../panel/text/bundled";
import { useTexts } from "../panel/text/source";

useTexts(bundled({ ...core, ...extension, ...findings, ...panel, ...readiness }, "en"));

Object.assign(globalThis, { chrome: { storage: { session: { set: () => Promise.resolve() } } } });
