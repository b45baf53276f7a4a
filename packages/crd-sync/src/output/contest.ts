import type { ActualOutput } from "./actual-output.js";
import { conflictingKeys } from "./decide-output.js";
import { type DesiredOutput, outputId } from "./desired-output.js";
import { fieldManagerOf, type SyncOwner } from "./source-mark.js";

/** Says who keeps changing an output, as far as the object tells, and what is to be done about it. Pure. */
export function describeContest(
  desired: DesiredOutput,
  owner: SyncOwner,
  actual: ActualOutput | undefined,
  nextAt: number,
): string {
  const what = outputId(desired);
  const until = `It is set right again at ${new Date(nextAt).toISOString().replace(/\.\d+/, "")}`;
  if (actual === undefined)
    return `Somebody keeps deleting ${what}: find out who, or delete the sync. ${until}`;
  const holders = conflictingKeys(desired, owner, actual);
  const keys = holders.map(({ key }) => key).join(", ");
  const who = new Set(holders.map(({ manager }) => manager));
  const [manager] = who.size > 0 ? who : latestOther(owner, actual);
  const named = manager === undefined ? "Somebody" : `The field manager ${manager}`;
  const changed = keys === "" ? what : `${keys} of ${what}`;
  return `${named} keeps changing ${changed}: let it leave that alone, or let the sync write into another object. ${until}`;
}

/** Who wrote last besides the source, for labels and keys that are taken away have no owner. */
function latestOther(owner: SyncOwner, { managers }: ActualOutput): string[] {
  const own = fieldManagerOf(owner);
  return managers
    .filter(({ manager }) => manager !== own)
    .toSorted((one, other) => (one.time < other.time ? 1 : -1))
    .map(({ manager }) => manager);
}
