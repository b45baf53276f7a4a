import { contextOf } from "./context.js";
import type { Probe } from "./probe.js";
import { requestOf } from "./request-of.js";

/** A verb by its name, to be called under a signal. */
export type VerbCall = readonly [string, (signal: AbortSignal) => Promise<unknown>];

/** A call of every verb the provider has but `watch`, on this path; what writes, writes this text. */
export function everyVerb(probe: Probe, path: string, text: string): readonly VerbCall[] {
  const { provider } = probe;
  const value = probe.valueToPut(text);
  const calls: readonly (VerbCall | undefined)[] = [
    ["resolve", async (signal) => provider.resolve([requestOf(path)], contextOf({ signal }))],
    provider.list && [
      "list",
      async (signal) => Array.fromAsync(provider.list?.({}, contextOf({ signal })) ?? []),
    ],
    provider.put && ["put", async (signal) => provider.put?.({ path, value }, contextOf({ signal }))],
    provider.delete && ["delete", async (signal) => provider.delete?.({ path }, contextOf({ signal }))],
    provider.check && ["check", async (signal) => provider.check?.(contextOf({ signal }))],
    provider.renewLease && [
      "renewLease",
      async (signal) => provider.renewLease?.("lease", contextOf({ signal })),
    ],
    provider.revokeLease && [
      "revokeLease",
      async (signal) => provider.revokeLease?.("lease", contextOf({ signal })),
    ],
  ];
  return calls.filter((call) => call !== undefined);
}
