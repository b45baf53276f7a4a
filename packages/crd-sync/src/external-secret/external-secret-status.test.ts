import { deflateRawSync } from "node:zlib";
import type { KubernetesObject } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import { externalStoreName } from "../external-stores/external-store-name.js";
import type { SyncReport, Verdict } from "../source/sync-report.js";
import { externalSecretStatus, recallExternalSecret } from "./external-secret-status.js";

const GOOD: Verdict = { holds: true, reason: "Synced", message: "The output is what the stores hold" };
const NAME = externalStoreName({ kind: "SecretStore", name: "aws" });
const REPORT: SyncReport = {
  ready: GOOD,
  synced: GOOD,
  lastSyncAt: Date.parse("2026-05-01T10:00:00Z"),
  observed: [{ reference: `secret://${NAME}/db`, version: "7" }],
  outputs: [
    { kind: "Secret", name: "db", uid: "u", resourceVersion: "9", hash: "h", generation: 5, keys: ["k"] },
  ],
};
const NOW = Date.parse("2026-05-01T10:00:01Z");

function object(status?: object): KubernetesObject {
  const spec = { secretStoreRef: { name: "aws" } };
  return {
    metadata: { name: "db", resourceVersion: "1" },
    spec,
    ...(status && { status }),
  } as KubernetesObject;
}

it("is shaped like theirs, and is not written twice", () => {
  const status = externalSecretStatus(object(), REPORT, NOW);
  expect(status).toMatchObject({
    refreshTime: "2026-05-01T10:00:00Z",
    binding: { name: "db" },
    conditions: [
      { type: "Ready", status: "True", reason: "SecretSynced", lastTransitionTime: "2026-05-01T10:00:01Z" },
    ],
  });
  expect(externalSecretStatus(object(status), REPORT, NOW + 60_000)).toBeUndefined();
});

it("is recalled, but for what tells nothing more", () => {
  const status = externalSecretStatus(object(), REPORT, NOW);
  const { lastSyncAt, outputs } = REPORT;
  expect(recallExternalSecret(object(status))).toEqual({
    lastSyncAt,
    outputs,
    observed: [{ reference: `secret://${NAME}/db` }],
  });
});

it("calls stores as they are called in the manifest", () => {
  const synced: Verdict = {
    holds: false,
    reason: "UnknownStore",
    message: `namespace shop has no store "${NAME}"`,
  };
  expect(externalSecretStatus(object(), { ...REPORT, synced }, NOW)?.conditions[0]).toMatchObject({
    status: "False",
    reason: "SecretSyncedError",
    message: 'UnknownStore: namespace shop has no store "aws"',
  });
});

it("takes what was retained for an error, as they do", () => {
  const synced: Verdict = { holds: true, reason: "Retained", message: "Keys stay whose secrets are gone: k" };
  expect(externalSecretStatus(object(), { ...REPORT, synced }, NOW)?.conditions[0]).toMatchObject({
    status: "False",
    message: "Retained: Keys stay whose secrets are gone: k",
  });
});

const version = (body: unknown): string =>
  `sluice-${deflateRawSync(JSON.stringify(body)).toString("base64url")}`;

it.each<[string, unknown]>([
  ["their operator's", "1-0123456789abcdef"],
  ["none", undefined],
  ["no text", 7],
  ["no deflated text", "sluice-AAAA"],
  ["another shape", version({ observed: [1], outputs: [] })],
  ["another kind", version({ observed: [], outputs: [{ ...REPORT.outputs[0], kind: "Pod" }] })],
  ["too much", version("x".repeat(5_000_000))],
])("of a version that is %s nothing is remembered", (_, syncedResourceVersion) => {
  const status = { refreshTime: "2026-05-01T10:00:00Z", syncedResourceVersion };
  expect(recallExternalSecret(object(status))).toEqual({ observed: [], outputs: [] });
});

it("that nothing could be done leaves what another wrote of its own", () => {
  const synced: Verdict = { holds: false, reason: "InvalidSpec", message: "no" };
  const report = { ready: synced, synced, observed: [], outputs: [] };
  const before = { syncedResourceVersion: "1-0123456789abcdef", binding: { name: "db" } };
  const status = externalSecretStatus(object(before), report, NOW);
  expect(Object.keys(status ?? {})).toEqual(["conditions"]);
  expect(externalSecretStatus(object({ ...before, ...status }), report, NOW)).toBeUndefined();
});
