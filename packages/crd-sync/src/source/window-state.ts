import type { UpdateWindow } from "./sync-spec.js";

const MINUTE_MS = 60_000;
const DAY = 1_440;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/**
 * When a window opens, in milliseconds since the epoch; `now` if it is open. Where clocks change in between it may be
 * an hour off: whoever waits asks again then.
 */
export function windowOpensAt(window: UpdateWindow, now: number): number {
  const { day, minute } = localTime(window.timeZone, now);
  if (isOpen(window, day, minute)) return now;
  for (let ahead = 0; ahead <= 7; ahead++) {
    const wait = ahead * DAY + window.from - minute;
    if (wait > 0 && window.days.has((day + ahead) % 7))
      return (Math.floor(now / MINUTE_MS) + wait) * MINUTE_MS;
  }
  // A window has a day at least, so one of the next eight is it.
  throw new RangeError("The window never opens");
}

function isOpen({ days, from, to }: UpdateWindow, day: number, minute: number): boolean {
  if (from < to) return days.has(day) && minute >= from && minute < to;
  const yesterday = (day + 6) % 7;
  return (days.has(day) && minute >= from) || (days.has(yesterday) && minute < to);
}

function localTime(timeZone: string, now: number): { readonly day: number; readonly minute: number } {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (name: string): string => parts.find(({ type }) => type === name)?.value ?? "";
  return { day: DAYS.indexOf(part("weekday")), minute: Number(part("hour")) * 60 + Number(part("minute")) };
}
