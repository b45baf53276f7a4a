import type { KeyObject } from "node:crypto";
import { SecretValue } from "@sluice/core";
import { KubernetesError, type KubernetesObject } from "@sluice/kubernetes";
import type { ResolvedInputs } from "../inputs/resolve-inputs.js";
import type { ActualOutput } from "../output/actual-output.js";
import { describeContest } from "../output/contest.js";
import { decideOutput, mayAdopt } from "../output/decide-output.js";
import { type DesiredOutput, hashOutput, outputId } from "../output/desired-output.js";
import type { OutputTable } from "../output/output-table.js";
import type { OutputWriter } from "../output/output-writer.js";
import type { RepairLimit } from "../output/repair-limit.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import { SyncFailure } from "../source/sync-failure.js";
import type { OutputMemory } from "../source/sync-report.js";
import type { OutputSpec, SyncSpec } from "../source/sync-spec.js";
import { windowOpensAt } from "../source/window-state.js";
import { planEntries } from "./plan-entries.js";
import type { OutputChange } from "./sync-events.js";

export interface OutputDependencies {
  readonly table: OutputTable;
  readonly writer: OutputWriter;
  readonly hashKey: KeyObject;
  /** Versions that were found to be right, by source and output, where somebody else wrote last. */
  readonly verified: Map<string, string>;
  /** How often outputs are set right that somebody keeps changing. */
  readonly repairs: RepairLimit;
  /** Throws unless the store of what is missing looks sound as a whole. */
  readonly assertPlausible: () => Promise<void>;
  readonly now: () => number;
}

export interface OutputToSync {
  readonly owner: SyncOwner;
  readonly spec: SyncSpec;
  readonly output: OutputSpec;
  readonly resolved: ResolvedInputs;
  readonly memory: OutputMemory | undefined;
}

/** What became of an output. */
export interface SyncedOutput {
  readonly memory?: OutputMemory;
  /** Absent: nothing was written. */
  readonly what?: OutputChange;
  /** Keys that stay, though their secrets are gone. */
  readonly retained: readonly string[];
  /** New values wait until then, in milliseconds since the epoch. */
  readonly waitsUntil?: number;
}

/** Makes one output as it should be. No call is made for one that is so already. @throws {SyncFailure} */
export async function syncOutput(
  toSync: OutputToSync,
  dependencies: OutputDependencies,
  signal: AbortSignal,
): Promise<SyncedOutput> {
  const { owner, spec, output, resolved, memory } = toSync;
  const isSameSpec = memory?.generation === owner.generation;
  const { table, writer, verified, now } = dependencies;
  if (spec.frozen === "for-good" && memory === undefined && (await isAnothers(toSync, writer, signal)))
    return { retained: [] };
  const shaped = (await output.shape?.(resolved.values, signal)) ?? resolved.values;
  const plan = planEntries({ spec, output, resolved, shaped, memory, isSameSpec });
  if (plan.deletes) await dependencies.assertPlausible();
  const key = { kind: output.kind, namespace: owner.namespace, name: output.name };
  const retained = plan.retained;
  let actual: ActualOutput | undefined;
  let entries = plan.entries;
  if (retained.length > 0) {
    actual = await writer.read(key, signal);
    entries = withRetained(entries, actual, retained);
  }
  if (entries.size === 0 && output.staysEmpty !== true) {
    const policy = output.creationPolicy === "Merge" ? "Merge" : "Owner";
    const what = await writer.release(key, owner, policy, signal);
    return { retained, ...(what !== "nothing" && { what }) };
  }
  const desired: DesiredOutput = { ...output, namespace: owner.namespace, entries };
  const hash = hashOutput(desired, dependencies.hashKey);
  const isUntouched = (): boolean => {
    const known = table.find(key);
    const version = verified.get(verifiedKey(owner, desired)) ?? memory?.resourceVersion;
    return known !== undefined && known.uid === memory?.uid && known.resourceVersion === version;
  };
  const { generation } = owner;
  if (memory?.hash === hash && isUntouched()) return { memory: { ...memory, generation }, retained };
  const isFrozen = spec.frozen !== undefined && isSameSpec;
  // The old value of one that somebody edited is known to nobody, so it gets the new one.
  if (isFrozen && memory !== undefined && isUntouched()) return { memory, retained };
  const opensAt = spec.window === undefined ? now() : windowOpensAt(spec.window, now());
  if (opensAt > now() && memory !== undefined && memory.hash !== hash && isSameSpec)
    return { memory, retained, waitsUntil: opensAt };

  const done = (object: KubernetesObject, what: OutputChange): SyncedOutput => {
    table.set(desired.kind, object);
    verified.delete(verifiedKey(owner, desired));
    return { memory: remember(desired, owner, object, hash), what, retained };
  };
  if (memory !== undefined && isSameSpec && output.immutable !== true && isUntouched()) {
    // Nobody wrote since we did, so there is nothing to compare with.
    const applied = await unlessConflict(writer.apply(desired, owner, { uid: memory.uid }, signal));
    if (applied !== undefined) return done(applied, "updated");
  }
  actual = await writer.read(key, signal);
  const decision = decideOutput({ desired, owner, actual, memory, hash });
  switch (decision.kind) {
    case "same": {
      const { uid = "", resourceVersion = "" } = actual ?? {};
      verified.set(verifiedKey(owner, desired), resourceVersion);
      const isKnown = memory?.hash === hash && memory.uid === uid;
      const found = remember(
        desired,
        owner,
        { metadata: { name: desired.name, uid, resourceVersion } },
        hash,
      );
      return { memory: isKnown ? { ...memory, generation } : found, retained };
    }
    case "refuse":
      throw new SyncFailure(decision.reason, decision.message, "cluster");
    case "recreate":
      if (actual === undefined) throw new TypeError("There is nothing to make anew");
      return done(await writer.recreate(desired, owner, actual, signal), "recreated");
    case "apply": {
      const { what, force } = decision;
      // What was written already, and is not there any more, was changed or deleted by somebody.
      if (what === "repaired" || (what === "created" && memory?.hash === hash))
        assertUncontested({ desired, owner, actual }, dependencies);
      return done(await writer.apply(desired, owner, { uid: actual?.uid, force }, signal), what);
    }
  }
}

/** Whether it is there already, by whoever kept it before us: what is frozen for good is not brought a second time. */
async function isAnothers(
  { owner, output }: OutputToSync,
  writer: OutputWriter,
  signal: AbortSignal,
): Promise<boolean> {
  const actual = await writer.read({ ...output, namespace: owner.namespace }, signal);
  return actual !== undefined && mayAdopt(output, owner, actual);
}

/** @throws {SyncFailure} `Contested` */
function assertUncontested(
  { desired, owner, actual }: { desired: DesiredOutput; owner: SyncOwner; actual: ActualOutput | undefined },
  { repairs, now }: OutputDependencies,
): void {
  const at = repairs.take(verifiedKey(owner, desired), now());
  if (at !== undefined)
    throw new SyncFailure("Contested", describeContest(desired, owner, actual, at), { at });
}

function verifiedKey(owner: SyncOwner, desired: DesiredOutput): string {
  return `${sourceId(owner)}\n${outputId(desired)}`;
}

function withRetained(
  entries: ReadonlyMap<string, SecretValue>,
  actual: ActualOutput | undefined,
  retained: readonly string[],
): ReadonlyMap<string, SecretValue> {
  const kept = retained.flatMap((key): [string, SecretValue][] => {
    const data = actual?.data.get(key);
    return data === undefined ? [] : [[key, SecretValue.fromBytes(Buffer.from(data, "base64"))]];
  });
  return new Map([...entries, ...kept]);
}

function remember(
  { kind, name, entries }: DesiredOutput,
  { generation }: SyncOwner,
  { metadata: { uid = "", resourceVersion } }: KubernetesObject,
  hash: string,
): OutputMemory {
  return { kind, name, uid, resourceVersion, hash, generation, keys: Array.from(entries.keys()).toSorted() };
}

async function unlessConflict(applying: Promise<KubernetesObject>): Promise<KubernetesObject | undefined> {
  try {
    return await applying;
  } catch (error) {
    if (KubernetesError.isInstance(error) && error.status === 409) return undefined;
    throw error;
  }
}
