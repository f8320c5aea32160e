/** Times in the format of the reader's language. */

import { language } from "./source";

/** Seconds in each unit of a relative time, longest first. */
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Returns how long before `now` something happened, both in seconds since 1970: "5 minutes ago". */
export function agoText(then: number, now: number): string {
  const passed = Math.max(0, now - then);
  const [unit, seconds] = UNITS.find(([, seconds]) => passed >= seconds) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-Math.floor(passed / seconds), unit);
}

/** Returns the time of day of milliseconds since 1970. */
export function clockText(milliseconds: number): string {
  return new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(milliseconds);
}

/** Returns the day of milliseconds since 1970, with the year only if it is not the current one. */
export function dayText(milliseconds: number): string {
  const day = new Date(milliseconds);
  const year = day.getFullYear() === new Date().getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(language(), { ...year, month: "short", day: "numeric" }).format(day);
}

/** Returns whether two moments, in milliseconds since 1970, are on one day. */
export function sharedDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** Returns date and time of day of seconds since 1970, in one line; with the year only if it is not the current one. */
export function momentText(seconds: number): string {
  const moment = new Date(1_000 * seconds);
  const year = moment.getFullYear() === new Date().getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(language(), {
    ...year,
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  })
    .format(moment)
    .replaceAll(" ", "\u00a0");
}
