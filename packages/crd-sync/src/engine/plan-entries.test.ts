import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import type { MissingSecret, ResolvedInputs } from "../inputs/resolve-inputs.js";
import type { SyncFailure } from "../source/sync-failure.js";
import type { OutputMemory } from "../source/sync-report.js";
import type { OutputSpec, SyncInput, SyncSpec } from "../source/sync-spec.js";
import { planEntries, type PlannedEntries } from "./plan-entries.js";

const memory = (...keys: string[]): OutputMemory => ({
  kind: "Secret",
  name: "db",
  uid: "u",
  resourceVersion: "1",
  hash: "h",
  generation: 1,
  keys,
});
const missing = (key: string): MissingSecret => ({
  key,
  reference: { store: "prod", path: key },
  outcome: { status: "not-found", reason: "gone", reference: `secret://prod/${key}` },
});
const SEARCH = {
  kind: "search",
  store: "prod",
  path: "",
  fits: () => true,
  tags: {},
  prefix: "",
  decode: [],
} as const satisfies SyncInput;

interface Case {
  readonly found: readonly string[];
  readonly gone?: readonly string[];
  readonly before?: readonly string[] | undefined;
  readonly policy?: "Retain" | "Delete";
  readonly isSameSpec?: boolean;
  readonly inputs?: readonly SyncInput[];
  readonly unfit?: readonly string[];
  readonly isShaped?: boolean;
}

function plan({
  found,
  gone = [],
  before,
  policy = "Retain",
  isSameSpec = true,
  inputs = [],
  unfit = [],
  isShaped = false,
}: Case): PlannedEntries | string {
  const values = new Map(found.map((key) => [key, SecretValue.fromText(key)]));
  const resolved: ResolvedInputs = {
    values,
    observed: [],
    missing: gone.map(missing),
    unfit: new Set(unfit),
  };
  const output = {
    deletionPolicy: policy,
    ...(isShaped && { shape: async () => values }),
  } as unknown as OutputSpec;
  const spec = { inputs } as unknown as SyncSpec;
  try {
    return planEntries({
      spec,
      output,
      resolved,
      shaped: values,
      memory: before === undefined ? undefined : memory(...before),
      isSameSpec,
    });
  } catch (thrown) {
    return (thrown as SyncFailure).reason;
  }
}

it.each<[string, Case, { retained?: string[]; deletes?: boolean } | string]>([
  ["all is there", { found: ["a", "b"] }, {}],
  ["it was never there", { found: ["a"], gone: ["b"] }, "NotFound"],
  ["it was never there, and would be deleted", { found: ["a"], gone: ["b"], policy: "Delete" }, "NotFound"],
  ["it stays", { found: ["a"], gone: ["b"], before: ["a", "b"] }, { retained: ["b"] }],
  ["one stays, another was never there", { found: ["a"], gone: ["b", "c"], before: ["a", "b"] }, "NotFound"],
  ["it goes", { found: ["a"], gone: ["b"], before: ["a", "b"], policy: "Delete" }, { deletes: true }],
  ["it went before", { found: ["a"], gone: ["b"], before: ["a"], policy: "Delete" }, {}],
  ["a text needs it", { found: ["t"], gone: ["b"], before: ["t"], isShaped: true }, "NotFound"],
  [
    "a text needs it, and it would be deleted",
    { found: ["t"], gone: ["b"], before: ["t"], isShaped: true, policy: "Delete" },
    "NotFound",
  ],
  ["it is asked for no more", { found: ["a"], before: ["a", "b"], isSameSpec: false }, {}],
  [
    "it is gone while another is asked for no more",
    { found: ["a"], gone: ["b"], before: ["a", "b", "c"], isSameSpec: false },
    { retained: ["b"] },
  ],
  ["a field went", { found: ["a"], before: ["a", "b"] }, { retained: ["b"] }],
  ["a field went, and goes", { found: ["a"], before: ["a", "b"], policy: "Delete" }, {}],
  [
    "nobody knows why it is not found",
    { found: ["a"], before: ["a", "b"], policy: "Delete", inputs: [SEARCH] },
    { retained: ["b"] },
  ],
  [
    "it does not fit any more",
    { found: ["a"], before: ["a", "b"], policy: "Delete", inputs: [SEARCH], unfit: ["b"] },
    {},
  ],
  ["nothing fits", { found: [], inputs: [SEARCH] }, "NotFound"],
  ["everything went", { found: [], gone: ["a"], before: ["a"], policy: "Delete" }, { deletes: true }],
  ["everything went, and stays", { found: [], gone: ["a"], before: ["a"] }, { retained: ["a"] }],
])("where %s", (_, given, expected) => {
  const planned = plan(given);
  const told =
    typeof planned === "string"
      ? planned
      : {
          ...(planned.retained.length > 0 && { retained: planned.retained }),
          ...(planned.deletes && { deletes: true }),
        };
  expect(told).toEqual(expected);
});
