import { asGoString, type GoString } from "../values/go-string.js";

const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** The pieces of the reference time of Go's layouts; the longest that fits is taken. */
const PIECES =
  /January|Jan(?![a-z])|Jan|Monday|Mon|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|002|__2|01|02|03|04|05|06|15|_2(?!006)|PM|pm|1|2|3|4|5/g;

/** A time in UTC by a layout of Go (`time.Format`). */
export function formatTime(time: Date, layout: GoString): GoString {
  let previous = "";
  return asGoString(
    layout.replaceAll(PIECES, (piece: string, offset: number) => {
      const isFraction = /^[.,]/.test(piece);
      // A fraction stands after seconds only; elsewhere it is text.
      if (isFraction && !/^0?5$/.test(layout.slice(0, offset).slice(-previous.length))) return piece;
      previous = piece;
      return formatPiece(time, piece);
    }),
  );
}

function formatPiece(time: Date, piece: string): string {
  const month = MONTHS[time.getUTCMonth()] ?? "";
  const day = DAYS[time.getUTCDay()] ?? "";
  const hour = time.getUTCHours();
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  const yearDay = Math.floor(
    (Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()) -
      Date.UTC(time.getUTCFullYear(), 0, 1)) /
      86_400_000 +
      1,
  );
  const table: Readonly<Record<string, string>> = {
    January: month,
    Jan: month.slice(0, 3),
    Monday: day,
    Mon: day.slice(0, 3),
    MST: "UTC",
    "2006": pad(time.getUTCFullYear(), 4),
    "06": pad(time.getUTCFullYear() % 100),
    "01": pad(time.getUTCMonth() + 1),
    "1": String(time.getUTCMonth() + 1),
    "02": pad(time.getUTCDate()),
    _2: pad(time.getUTCDate(), 2, " "),
    "2": String(time.getUTCDate()),
    "002": pad(yearDay, 3),
    __2: pad(yearDay, 3, " "),
    "15": pad(hour),
    "03": pad(hour12),
    "3": String(hour12),
    "04": pad(time.getUTCMinutes()),
    "4": String(time.getUTCMinutes()),
    "05": pad(time.getUTCSeconds()),
    "5": String(time.getUTCSeconds()),
    PM: hour < 12 ? "AM" : "PM",
    pm: hour < 12 ? "am" : "pm",
    "-07": "+00",
    "-0700": "+0000",
    "-07:00": "+00:00",
    "-070000": "+000000",
    "-07:00:00": "+00:00:00",
  };
  const known = Object.hasOwn(table, piece) ? table[piece] : undefined;
  if (known !== undefined) return known;
  if (piece.startsWith("Z")) return "Z";
  const digits = pad(time.getUTCMilliseconds(), 3)
    .padEnd(9, "0")
    .slice(0, piece.length - 1);
  const kept = piece.includes("9") ? digits.replace(/0+$/, "") : digits;
  return kept === "" ? "" : piece.charAt(0) + kept;
}

function pad(value: number, width = 2, filler = "0"): string {
  return String(value).padStart(width, filler);
}
