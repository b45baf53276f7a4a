import { readFileSync } from "node:fs";
import { BrokerMetrics } from "@sluice/broker";
import { createEventBus } from "@sluice/core";
import { SyncMetrics } from "@sluice/crd-sync";
import { WebhookMetrics } from "@sluice/webhook";
import { expect, it } from "vitest";

const dashboard = readFileSync(new URL("../../deploy/grafana/sluice.json", import.meta.url), "utf8");

it("every metric that the dashboard shows is one that is served, and the reverse", async () => {
  const none = (): number => 0;
  const state = {
    inFlight: none,
    storesReady: none,
    storesInvalid: none,
    storeProblems: none,
    leasesKept: none,
  };
  using broker = new BrokerMetrics(createEventBus(), { ...state, certificateEndsAt: none });
  using webhook = new WebhookMetrics();
  using sync = new SyncMetrics(createEventBus(), {
    isLeading: () => false,
    syncs: none,
    outputs: none,
    waiting: none,
    running: none,
    paused: none,
    openStores: none,
  });
  const served = [broker, webhook, sync].flatMap(({ registry }) =>
    registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name.startsWith("sluice_")),
  );
  const shown = new Set(
    Array.from(dashboard.matchAll(/sluice_(?:webhook|broker|sync)_[a-z_]+/g), ([name]) =>
      name.replace(/_(?:bucket|sum|count)$/, ""),
    ),
  );
  expect(Array.from(shown).toSorted()).toEqual(served.toSorted());
});
