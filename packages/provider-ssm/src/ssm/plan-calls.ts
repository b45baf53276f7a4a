import { parameterKey } from "./parameter-target.js";

/** One name of a call, as AWS is asked for it. */
export interface PlannedName {
  /** Name or ARN, without its version. */
  readonly name: string;
  /** The same with its version, as it is asked for. */
  readonly ask: string;
}

/**
 * Spreads names over as few calls as can be, so that none asks twice for one parameter: what is answered tells the
 * parameter, not what it was asked as. Without several versions of one parameter that is one call.
 */
export function planCalls(names: readonly PlannedName[]): readonly (readonly PlannedName[])[] {
  const seen = new Map<string, number>();
  const calls: PlannedName[][] = [];
  for (const name of new Map(names.map((each) => [each.ask, each])).values()) {
    const key = parameterKey(name.name);
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    (calls[turn] ??= []).push(name);
  }
  return calls;
}
