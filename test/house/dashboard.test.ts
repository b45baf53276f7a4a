import { readFileSync } from "node:fs";
import { BrokerMetrics } from "@sluice/broker";
import { createEventBus } from "@sluice/core";
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
  const served = [broker, webhook].flatMap(({ registry }) =>
    registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name.startsWith("sluice_")),
  );
  const shown = new Set(
    Array.from(dashboard.matchAll(/sluice_(?:webhook|broker)_[a-z_]+/g), ([name]) =>
      name.replace(/_(?:bucket|sum|count)$/, ""),
    ),
  );
  expect(Array.from(shown).toSorted()).toEqual(served.toSorted());
});
