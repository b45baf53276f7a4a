import type { KubernetesObject } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import type { OutputMemory, SyncReport } from "../source/sync-report.js";
import { keyVaultStatus, recallKeyVaultSync } from "./key-vault-status.js";

const object = (status?: object): KubernetesObject =>
  ({ metadata: { name: "a", resourceVersion: "1" }, status }) as KubernetesObject;
const output: OutputMemory = {
  kind: "Secret",
  name: "web",
  uid: "8d1c-1",
  resourceVersion: "17",
  hash: "0123456789abcdef0123456789abcdef01234567",
  generation: 3,
  keys: ["tls.crt", "tls.key"],
};
const verdict = { holds: true, reason: "Synced", message: "" } as const;
const report = (more: Partial<SyncReport> = {}): SyncReport => ({
  ready: verdict,
  synced: verdict,
  observed: [],
  outputs: [output],
  lastSyncAt: Date.parse("2026-11-21T12:00:00.500Z"),
  ...more,
});

it("is recalled as it was told, and told once", () => {
  const configMap: OutputMemory = { ...output, kind: "ConfigMap", keys: [] };
  const status = keyVaultStatus(object(), report({ outputs: [output, configMap] }));
  expect(status).toMatchObject({
    secretName: "web",
    configMapName: "web",
    lastAzureUpdate: "2026-11-21T12:00:00Z",
  });
  const lastSyncAt = Date.parse("2026-11-21T12:00:00Z");
  expect(recallKeyVaultSync(object(status))).toEqual({
    observed: [],
    outputs: [output, configMap],
    lastSyncAt,
  });
  expect(keyVaultStatus(object(status), report({ outputs: [output, configMap] }))).toBeUndefined();
});

it("of one without outputs is none, and is emptied when they go", () => {
  expect(keyVaultStatus(object(), report({ outputs: [] }))).toBeUndefined();
  const status = keyVaultStatus(object(), report());
  expect(keyVaultStatus(object(status), report({ outputs: [] }))).toMatchObject({
    secretName: "",
    secretHash: "",
  });
});

it("that another controller wrote tells nothing", () => {
  const status = {
    secretName: "web",
    secretHash: "d41d8cd98f00b204e9800998ecf8427e",
    lastAzureUpdate: "2026-11-21T12:00:00Z",
  };
  expect(recallKeyVaultSync(object(status))).toEqual({ observed: [], outputs: [] });
});
