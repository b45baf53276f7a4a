import { SecretValue } from "@sluice/core";
import type { KubernetesObject } from "@sluice/kubernetes";
import { describe, expect, it } from "vitest";
import type { OutputMemory } from "../source/sync-report.js";
import { type ActualOutput, readOutput } from "./actual-output.js";
import { decideOutput, type OutputDecision, type OutputState } from "./decide-output.js";
import type { DesiredOutput } from "./desired-output.js";
import { fieldManagerOf, formatMark, markKey, SYNCED_LABEL, type SyncOwner } from "./source-mark.js";

const OWNER: SyncOwner = {
  apiVersion: "sluice.dev/v1alpha1",
  kind: "SecretSync",
  namespace: "shop",
  name: "web",
  uid: "u-web",
  generation: 1,
};
const MEMORY: OutputMemory = {
  kind: "Secret",
  name: "db",
  uid: "u-db",
  resourceVersion: "1",
  hash: "h",
  generation: 1,
  keys: ["a"],
};

const MANAGED = { label: "example.org/managed", value: "true" };

function desired(over: Partial<DesiredOutput> = {}): DesiredOutput {
  return {
    kind: "Secret",
    namespace: "shop",
    name: "db",
    labels: {},
    annotations: {},
    creationPolicy: "Owner",
    deletionPolicy: "Retain",
    adopt: false,
    entries: new Map([["a", SecretValue.fromText("one")]]),
    ...over,
  };
}

interface Written {
  readonly data?: Readonly<Record<string, string>>;
  readonly marks?: readonly string[];
  readonly managers?: readonly [manager: string, operation: string, keys: readonly string[]][];
  readonly more?: object;
  readonly metadata?: object;
}

/** A Secret as the sync itself would have written it, unless said otherwise. */
function actual({
  data = { a: "one" },
  marks = ["web"],
  managers = [[fieldManagerOf(OWNER), "Apply", Object.keys(data)]],
  more = {},
  metadata = {},
}: Written = {}): ActualOutput {
  const annotations = marks.map((name) => {
    const mark = { kind: "SecretSync", name, policy: "Owner" } as const;
    return [markKey(mark), formatMark(mark)] as const;
  });
  return readOutput({
    kind: "Secret",
    type: "Opaque",
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
    ),
    metadata: {
      name: "db",
      namespace: "shop",
      uid: "u-db",
      resourceVersion: "1",
      labels: { [SYNCED_LABEL]: "true" },
      annotations: Object.fromEntries(annotations),
      ownerReferences: [{ apiVersion: "a", kind: "b", name: "c", uid: "u-web" }],
      managedFields: managers.map(([manager, operation, keys]) => ({
        manager,
        operation,
        fieldsV1: {
          "f:data": Object.fromEntries([".", ...keys.map((key) => `f:${key}`)].map((key) => [key, {}])),
        },
      })),
      ...metadata,
    },
    ...more,
  } as KubernetesObject);
}

const decide = (over: Partial<OutputState>): OutputDecision =>
  decideOutput({ desired: desired(), owner: OWNER, actual: actual(), memory: MEMORY, hash: "h", ...over });
const changed = desired({ entries: new Map([["a", SecretValue.fromText("two")]]) });

describe("an output", () => {
  it("that is as it should be stays", () => {
    expect(decide({})).toEqual({ kind: "same" });
    // Nothing has to be remembered for that.
    expect(decide({ memory: undefined, hash: "other" })).toEqual({ kind: "same" });
  });

  it("that is not there is created, but not to be merged into", () => {
    expect(decide({ actual: undefined })).toEqual({ kind: "apply", what: "created", force: false });
    expect(decide({ actual: undefined, desired: desired({ creationPolicy: "Merge" }) })).toMatchObject({
      kind: "refuse",
      reason: "TargetMissing",
    });
  });

  it("gets new values, and loses keys that are wanted no more", () => {
    expect(decide({ desired: changed, hash: "new" })).toEqual({
      kind: "apply",
      what: "updated",
      force: false,
    });
    const two = actual({ data: { a: "one", b: "x" } });
    expect(decide({ actual: two, hash: "new" })).toEqual({ kind: "apply", what: "updated", force: false });
  });

  it("that somebody edited is repaired", () => {
    const edited = actual({ data: { a: "edited" }, managers: [["kubectl-edit", "Update", ["a"]]] });
    expect(decide({ actual: edited })).toEqual({ kind: "apply", what: "repaired", force: true });
    const cut = actual({ data: {}, managers: [[fieldManagerOf(OWNER), "Apply", []]] });
    expect(decide({ actual: cut })).toEqual({ kind: "apply", what: "repaired", force: false });
    const unmarked = actual({ metadata: { annotations: {}, labels: {} } });
    expect(decide({ actual: unmarked })).toEqual({ kind: "apply", what: "repaired", force: false });
    const orphaned = actual({ metadata: { ownerReferences: [] } });
    expect(decide({ actual: orphaned })).toEqual({ kind: "apply", what: "repaired", force: false });
  });

  it("whose key somebody else applied is not taken", () => {
    const theirs = actual({ data: { a: "theirs" }, managers: [["argocd", "Apply", ["a"]]] });
    for (const over of [{}, { desired: desired({ adopt: true }) }])
      expect(decide({ actual: theirs, ...over })).toMatchObject({
        kind: "refuse",
        reason: "Conflict",
        message: expect.stringContaining("a of argocd"),
      });
    // A key that was never ours is nobody's drift.
    const own = actual({ data: { a: "theirs" }, managers: [["kubectl", "Update", ["a"]]] });
    expect(decide({ actual: own, memory: { ...MEMORY, keys: [] } })).toMatchObject({ reason: "Conflict" });
    expect(decide({ actual: own, memory: { ...MEMORY, uid: "another" } })).toMatchObject({
      reason: "Conflict",
    });
  });

  it("that a person made is foreign, unless it is adopted or merged into", () => {
    const foreign = actual({ marks: [], data: { b: "x" }, managers: [["kubectl", "Update", ["b"]]] });
    const first = { actual: foreign, memory: undefined };
    expect(decide(first)).toMatchObject({ kind: "refuse", reason: "Foreign" });
    expect(decide({ ...first, desired: desired({ adopt: true }) })).toEqual({
      kind: "apply",
      what: "adopted",
      force: false,
    });
    expect(decide({ ...first, desired: desired({ creationPolicy: "Merge" }) })).toMatchObject({
      kind: "apply",
    });
    const same = actual({ marks: [], data: { a: "theirs" }, managers: [["kubectl", "Update", ["a"]]] });
    const adopting = desired({ adopt: true });
    expect(decide({ actual: same, memory: undefined, desired: adopting })).toMatchObject({ force: true });
  });

  it("of another controller is taken over by its label, or from whoever owned it already, and from nobody else", () => {
    const adopting = desired({ adopt: MANAGED });
    const theirs = (metadata: object): ActualOutput =>
      actual({ marks: [], data: { a: "theirs" }, managers: [["them", "Update", ["a"]]], metadata });
    const labels = { [MANAGED.label]: MANAGED.value };
    const stranger = [{ apiVersion: "a", kind: "b", name: "c", uid: "u-stranger" }];
    const first = { memory: undefined, desired: adopting };
    const taken = { kind: "apply", what: "adopted", force: true };
    expect(decide({ ...first, actual: theirs({ labels, ownerReferences: [] }) })).toEqual(taken);
    expect(decide({ ...first, actual: theirs({ labels: {} }) })).toEqual(taken);
    for (const metadata of [
      { labels: {}, ownerReferences: [] },
      { labels: { [MANAGED.label]: "false" }, ownerReferences: [] },
      { labels, ownerReferences: stranger },
    ])
      expect(decide({ ...first, actual: theirs(metadata) })).toMatchObject({
        reason: "Foreign",
        message: expect.stringContaining('give it the label example.org/managed: "true"'),
      });
  });

  it("that another sync made is shared", () => {
    const shared = actual({
      marks: ["other"],
      data: { b: "x" },
      managers: [["sluice-sync/x", "Apply", ["b"]]],
    });
    expect(decide({ actual: shared, memory: undefined })).toEqual({
      kind: "apply",
      what: "updated",
      force: false,
    });
  });

  it("of another type is made anew, if it is this sync's alone", () => {
    const typed = desired({ type: "kubernetes.io/basic-auth" });
    expect(decide({ desired: typed })).toEqual({ kind: "recreate" });
    for (const over of [
      { memory: undefined },
      { actual: actual({ marks: ["web", "other"] }) },
      { actual: actual({ data: { a: "one", guest: "x" } }) },
      { desired: { ...typed, creationPolicy: "Merge" as const } },
    ])
      expect(decide({ desired: typed, ...over })).toMatchObject({ kind: "refuse", reason: "TypeConflict" });
    const merged = desired({ creationPolicy: "Merge" });
    expect(decide({ desired: merged, actual: actual({ more: { type: "kubernetes.io/tls" } }) }).kind).toBe(
      "apply",
    );
  });

  it("that cannot be changed is told", () => {
    const fixed = actual({ more: { immutable: true } });
    expect(decide({ actual: fixed })).toEqual({ kind: "same" });
    expect(decide({ actual: fixed, desired: changed })).toMatchObject({ reason: "Immutable" });
    // Whoever asked for that knows it.
    const asked = { actual: fixed, desired: { ...changed, immutable: true }, hash: "new" };
    expect(decide(asked)).toEqual({ kind: "same" });
    const strangers = actual({ marks: [], more: { immutable: true } });
    const adopted = { ...asked.desired, adopt: true as const };
    expect(decide({ actual: strangers, desired: adopted, memory: undefined })).toMatchObject({
      reason: "Immutable",
    });
    const going = actual({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } });
    expect(decide({ actual: going })).toMatchObject({ reason: "Terminating" });
  });
});
