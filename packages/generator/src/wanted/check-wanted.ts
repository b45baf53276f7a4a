import type { FamilySpec } from "../families/family-spec.js";
import { familySteps } from "../families/family-steps.js";
import { passwordFault } from "../families/make-password.js";
import type { WantedLease } from "./wanted-lease.js";
import type { WantedSecret } from "./wanted-secret.js";

/** Most bytes of random data, and most characters of a password: what every store holds. */
const MOST = 1024;

/** Most numbers of a range: every one that is held is a line of one object in the cluster. */
const MOST_NUMBERS = 100_000;

/** What is wrong with what is asked for; nothing when it can be generated. */
export function secretFault({ spec, entries }: WantedSecret): string | undefined {
  const members = entries.flatMap((entry) => entry.members);
  const fields = members.map(({ field }) => field);
  const steps = familySteps(spec);
  if (new Set(entries.map(({ path }) => path)).size !== entries.length)
    return "two of its members have the same path";
  if (new Set(fields).size !== fields.length) return "a member is named twice";
  if (entries.some((entry) => entry.path === "" || entry.members.length === 0)) return "a member has no path";
  if (entries.some((entry) => entry.members.length > 1 && hasKeyTwice(entry.members)))
    return "two of its members have the same key";
  if (
    steps !== undefined &&
    (fields.length !== steps.length || steps.some(({ field }) => !fields.includes(field)))
  )
    return `its members must be ${steps.map(({ field }) => field).join(", ")}`;
  return specFault(spec);
}

/** What is wrong with a range; nothing when numbers can be given out of it. */
export function leaseFault({ prefix, rangeStart, rangeEnd }: WantedLease): string | undefined {
  if (prefix === "") return "it has no storage key";
  if (![rangeStart, rangeEnd].every((each) => Number.isSafeInteger(each) && each >= 0))
    return "its range must be of whole numbers from 0 on";
  if (rangeEnd < rangeStart) return "its range ends before it begins";
  return rangeEnd - rangeStart >= MOST_NUMBERS
    ? `its range has more than ${MOST_NUMBERS} numbers`
    : undefined;
}

function specFault(spec: FamilySpec): string | undefined {
  switch (spec.type) {
    case "random":
      return isSize(spec.bytes) ? undefined : `it must be of 1 to ${MOST} bytes`;
    case "password":
      return isSize(spec.length) ? passwordFault(spec) : `it must be of 1 to ${MOST} characters`;
    case "gpg":
      return /^[^<>]+<[^<>@\s]+@[^<>@\s]+>$/.test(spec.userId)
        ? undefined
        : "its user id is not of the form Name<email>";
    default:
      return undefined;
  }
}

function hasKeyTwice(members: WantedSecret["entries"][number]["members"]): boolean {
  return (
    new Set(members.map(({ key }) => key)).size !== members.length ||
    members.some(({ key }) => key === undefined)
  );
}

function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MOST;
}
