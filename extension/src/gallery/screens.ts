/** The screens of the gallery. */

import { controls } from "./controls";
import { findings } from "./findings";
import { plan } from "./plan";
import type { Screen } from "./screen";
import { setUp } from "./setup";

export const screens: readonly Screen[] = [...setUp, ...plan, ...findings, ...controls];
