import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { recordTelemetry } from "../../support/recorded-telemetry.js";
import { SyncWorld } from "../sync/sync-world.js";

await describeOnKubernetes("telemetry of a controller", (cluster) => {
  it("has a span for each sync, and times them by what became of them", async () => {
    const world = await SyncWorld.open(cluster);
    const recorded = recordTelemetry();
    const namespace = await world.newNamespace();
    const path = join(world.folder, "sync.env");
    await writeFile(path, `KEY=${world.secret("sync")}\n`, { mode: 0o600 });
    await world.store("told", { provider: "file", options: { path } });
    const sync = world.start();
    const find = () => recorded.spans().find((span) => span.attributes["sluice.sync.reason"] === "Synced");
    try {
      await world.sync(namespace, "told", { data: [{ key: "k", from: "secret://told/KEY" }] });
      await waitUntil("a span tells that it is synced", () => find() !== undefined);
      expect(find()?.name).toBe("sluice.sync.reconcile");
      expect(find()?.attributes["sluice.sync"]).toBe(`SecretSync ${namespace}/told`);
      expect(find()?.instrumentationScope.name).toBe("@sluice/crd-sync");
      expect(await recorded.durations()).toContainEqual({
        name: "sluice.sync.reconcile.duration",
        unit: "s",
        labels: { "sluice.sync.reason": "Synced" },
      });
      const everything = await recorded.everything();
      expect(Array.from(world.toxic).filter((secret) => everything.includes(secret))).toEqual([]);
    } finally {
      await sync.stop();
      await recorded.stop();
      await world.close();
    }
  });
});
