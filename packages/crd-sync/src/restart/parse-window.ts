import type { UpdateWindow } from "../source/sync-spec.js";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const EVERY_DAY: ReadonlySet<number> = new Set(DAYS.keys());
const WINDOW =
  /^(?:(?<days>[A-Z][a-z]{2}(?:,[A-Z][a-z]{2})*) )?(?<from>\d{2}:\d{2})-(?<to>\d{2}:\d{2})(?: (?<zone>\S{1,64}))?$/;

/** Reads `[DAYS ]FROM-TO[ ZONE]`, as in `Sat,Sun 22:00-04:00 Europe/Berlin`; `undefined` if it is none. UTC by default. */
export function parseWindow(text: string): UpdateWindow | undefined {
  const { days, from = "", to = "", zone = "UTC" } = WINDOW.exec(text.trim())?.groups ?? {};
  const named = days?.split(",").map((day) => DAYS.indexOf(day));
  const [begin, end] = [minutes(from), minutes(to)];
  if (begin === undefined || end === undefined || begin === end) return undefined;
  if (named?.includes(-1) === true || !isZone(zone)) return undefined;
  return { days: named === undefined ? EVERY_DAY : new Set(named), from: begin, to: end, timeZone: zone };
}

function minutes(time: string): number | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone }).format();
    return true;
  } catch {
    // It throws for a zone that there is not.
    return false;
  }
}
