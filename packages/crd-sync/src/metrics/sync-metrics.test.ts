import { createEventBus } from "@sluice/core";
import { expect, it } from "vitest";
import { SyncMetrics } from "./sync-metrics.js";

it("counts what events tell, and syncs by what they came to last", async () => {
  const events = createEventBus();
  const state = {
    isLeading: () => true,
    syncs: () => 2,
    outputs: () => 1,
    waiting: () => 3,
    running: () => 4,
    paused: () => 5,
    openStores: () => 6,
  };
  using metrics = new SyncMetrics(events, state);
  const done = { ready: true, durationMs: 10, told: false };
  events.emit("sync-reconciled", { ...done, sync: "SecretSync a/b", reason: "Denied", synced: false });
  events.emit("sync-reconciled", {
    ...done,
    sync: "SecretSync a/b",
    reason: "Synced",
    synced: true,
    told: true,
  });
  events.emit("sync-reconciled", {
    ...done,
    sync: "SecretSync a/c",
    reason: "DeletionStopped",
    synced: false,
  });
  events.emit("sync-reconciled", { ...done, sync: "SecretSync a/d", reason: "Synced", synced: true });
  events.emit("sync-forgotten", { sync: "SecretSync a/d" });
  const output = { kind: "Secret", namespace: "a", name: "b" } as const;
  events.emit("output-written", { sync: "SecretSync a/b", output, what: "repaired" });
  events.emit("sync-problem", { what: "lease", message: "m" });
  const text = await metrics.registry.metrics();
  for (const line of [
    'sluice_sync_syncs{reason="Synced"} 1',
    'sluice_sync_syncs{reason="Denied"} 0',
    'sluice_sync_syncs{reason="DeletionStopped"} 1',
    'sluice_sync_reconciles_total{reason="Denied"} 1',
    "sluice_sync_statuses_written_total 1",
    'sluice_sync_outputs_written_total{what="repaired"} 1',
    "sluice_sync_problems_total 1",
    "sluice_sync_leading 1",
    "sluice_sync_paused 5",
  ])
    expect(text).toContain(`${line}\n`);
  // Nothing that asks makes a new label.
  expect(text).not.toContain("a/b");
});
