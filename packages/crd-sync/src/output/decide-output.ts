import type { OutputMemory, SyncReason } from "../source/sync-report.js";
import type { ActualOutput } from "./actual-output.js";
import { type DesiredOutput, outputId } from "./desired-output.js";
import { fieldManagerOf, formatMark, markKey, SYNCED_LABEL, type SyncOwner } from "./source-mark.js";

/** What is to be done about an output. */
export type OutputDecision =
  /** It is as it should be. */
  | { readonly kind: "same" }
  | {
      readonly kind: "apply";
      readonly what: "created" | "adopted" | "updated" | "repaired";
      /** Take keys back that were ours, or over that are to be adopted. */
      readonly force: boolean;
    }
  /** Its type has to be another one, which the API server never changes. */
  | { readonly kind: "recreate" }
  | { readonly kind: "refuse"; readonly reason: SyncReason; readonly message: string };

export interface OutputState {
  readonly desired: DesiredOutput;
  readonly owner: SyncOwner;
  /** As it is in the cluster; absent if it is not there. */
  readonly actual?: ActualOutput | undefined;
  /** What was written last, if anything was. */
  readonly memory?: OutputMemory | undefined;
  /** Hash of what is desired. */
  readonly hash: string;
}

/** Decides what becomes of an output. Pure. */
export function decideOutput(state: OutputState): OutputDecision {
  const { desired, actual } = state;
  if (actual === undefined)
    return desired.creationPolicy === "Merge"
      ? refuse("TargetMissing", `${outputId(desired)} is not there, and creationPolicy: Merge makes none`)
      : { kind: "apply", what: "created", force: false };
  if (actual.isTerminating) return refuse("Terminating", `${outputId(desired)} is being deleted`);
  const foreign = foreignness(state, actual);
  if (foreign !== undefined) return foreign;
  const retyped = typeDecision(state, actual);
  if (retyped !== undefined) return retyped;
  if (isSame(state, actual)) return { kind: "same" };
  // Whoever asked for that knows that nothing of it changes.
  if (actual.isImmutable && desired.immutable === true && hasJoined(state.owner, actual, state.memory))
    return { kind: "same" };
  if (actual.isImmutable)
    return refuse("Immutable", `${outputId(desired)} is immutable: delete it, or sync into another`);
  return applyDecision(state, actual);
}

function foreignness(
  { desired, owner, memory }: OutputState,
  actual: ActualOutput,
): OutputDecision | undefined {
  const { creationPolicy } = desired;
  if (creationPolicy === "Merge" || mayAdopt(desired, owner, actual) || hasJoined(owner, actual, memory))
    return undefined;
  // What another sync made may be shared; what a person made may not be taken without a word.
  if (actual.marks.some(({ policy }) => policy !== "Merge")) return undefined;
  return refuse(
    "Foreign",
    `${outputId(desired)} is there, and no sync made it: ${wayToAdopt(desired)}, or creationPolicy: Merge to add keys`,
  );
}

function typeDecision(
  { desired, owner, memory }: OutputState,
  actual: ActualOutput,
): OutputDecision | undefined {
  if (desired.kind !== "Secret") return undefined;
  const isMerge = desired.creationPolicy === "Merge";
  const wanted = desired.type ?? (isMerge ? actual.type : "Opaque");
  if (wanted === actual.type) return undefined;
  const message = `${outputId(desired)} is of type ${actual.type ?? "none"}, and should be of type ${wanted ?? "none"}`;
  const isShared = actual.marks.some(({ kind, name }) => kind !== owner.kind || name !== owner.name);
  const isOurs = hasJoined(owner, actual, memory) && memory?.uid === actual.uid;
  if (isMerge || isShared || !isOurs)
    return refuse("TypeConflict", `${message}: only what one sync alone made is made anew`);
  const foreign = Array.from(actual.data.keys()).filter((key) => !(memory?.keys ?? []).includes(key));
  if (foreign.length > 0)
    return refuse(
      "TypeConflict",
      `${message}, but has keys that are not of this sync: ${foreign.join(", ")}`,
    );
  return { kind: "recreate" };
}

function applyDecision({ desired, owner, memory, hash }: OutputState, actual: ActualOutput): OutputDecision {
  const joined = hasJoined(owner, actual, memory);
  const adopts = mayAdopt(desired, owner, actual);
  const conflicts = conflictingKeys(desired, owner, actual);
  const ours = ourKeys({ desired, owner, memory, hash }, actual);
  const isTakenBack = ({ key, operation }: KeyConflict): boolean =>
    operation !== "Apply" && (ours.has(key) || (!joined && adopts));
  const lasting = conflicts.filter((conflict) => !isTakenBack(conflict));
  if (lasting.length > 0) {
    const told = lasting.map(({ key, manager }) => `${key} of ${manager}`).join(", ");
    return refuse("Conflict", `${outputId(desired)} has keys with other values that others own: ${told}`);
  }
  const what = !joined ? "adopted" : memory?.hash === hash ? "repaired" : "updated";
  const isShared = what === "adopted" && !adopts;
  return { kind: "apply", what: isShared ? "updated" : what, force: conflicts.length > 0 };
}

/** Whether an object that no sync made may be taken over. */
export function mayAdopt(
  { adopt }: Pick<DesiredOutput, "adopt">,
  { uid }: SyncOwner,
  { owners, labels }: ActualOutput,
): boolean {
  if (typeof adopt === "boolean") return adopt;
  if (owners.has(uid)) return true;
  return adopt !== "owned" && owners.size === 0 && labels[adopt.label] === adopt.value;
}

function wayToAdopt({ adopt }: DesiredOutput): string {
  return typeof adopt === "object"
    ? `give it the label ${adopt.label}: "${adopt.value}" to have it taken over`
    : "set target.adopt: true to take it over";
}

/** What we wrote before. Where nothing tells any more, but the object says that we did, it is what we want now. */
function ourKeys({ desired, owner, memory }: OutputState, actual: ActualOutput): ReadonlySet<string> {
  if (memory?.uid === actual.uid) return new Set(memory.keys);
  const isLost = memory === undefined && hasJoined(owner, actual, memory);
  return new Set(isLost ? desired.entries.keys() : []);
}

export interface KeyConflict {
  readonly key: string;
  readonly manager: string;
  readonly operation: string;
}

/** Keys that somebody else owns, with another value than we want. */
export function conflictingKeys(
  desired: DesiredOutput,
  owner: SyncOwner,
  actual: ActualOutput,
): KeyConflict[] {
  const own = fieldManagerOf(owner);
  return Array.from(desired.entries).flatMap(([key, value]): KeyConflict[] => {
    if (!actual.data.has(key) || actual.data.get(key) === base64(value.bytes())) return [];
    const holder = actual.managers.find(({ manager, keys }) => manager !== own && keys.has(key));
    return holder === undefined ? [] : [{ key, manager: holder.manager, operation: holder.operation }];
  });
}

function isSame({ desired, owner }: OutputState, actual: ActualOutput): boolean {
  const own = actual.managers.find(
    ({ manager, operation }) => manager === fieldManagerOf(owner) && operation === "Apply",
  );
  // A value that somebody else set alike would go with them.
  if (own === undefined || own.keys.size !== desired.entries.size) return false;
  for (const [key, value] of desired.entries)
    if (!own.keys.has(key) || actual.data.get(key) !== base64(value.bytes())) return false;
  if (desired.creationPolicy === "Owner" && !actual.owners.has(owner.uid)) return false;
  const { labels, annotations } = metadataFor(desired, owner);
  return holds(actual.labels, labels) && holds(actual.annotations, annotations);
}

/** Labels and annotations that an output gets, ours among them. */
export function metadataFor(
  { labels, annotations, creationPolicy: policy }: DesiredOutput,
  owner: SyncOwner,
): Record<"labels" | "annotations", Readonly<Record<string, string>>> {
  const { kind, name } = owner;
  return {
    labels: { ...labels, [SYNCED_LABEL]: "true" },
    annotations: { ...annotations, [markKey(owner)]: formatMark({ kind, name, policy }) },
  };
}

function hasJoined(owner: SyncOwner, actual: ActualOutput, memory: OutputMemory | undefined): boolean {
  // Whoever takes our mark away does not make the object theirs.
  if (memory?.uid === actual.uid) return true;
  return actual.marks.some(({ kind, name }) => kind === owner.kind && name === owner.name);
}

function holds(all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean {
  return Object.entries(some).every(([name, text]) => all[name] === text);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function refuse(reason: SyncReason, message: string): OutputDecision {
  return { kind: "refuse", reason, message };
}
