import { setImmediate as turn } from "node:timers/promises";
import { createLog } from "@sluice/service";
import { expect, it, vi } from "vitest";
import type { WebhookMetrics } from "../server/webhook-metrics.js";
import { followSettings } from "./follow-settings.js";
import type { SettingsFile } from "./settings-file.js";
import { comparableSettings, type WebhookSettings } from "./webhook-settings.js";

const settings = (more: Partial<WebhookSettings> = {}): WebhookSettings => ({
  injection: {
    source: { address: "https://10.0.0.7:8443", serverName: "broker", roots: "ROOTS" },
    launcher: { image: "launcher:1", delivery: "copy" },
  },
  dialects: [],
  lookups: { configMaps: true, secrets: true },
  images: {},
  file: {},
  ...more,
});

it.each<[string, Partial<WebhookSettings>, number]>([
  ["is the same, though read anew", {}, 0],
  ["looks images up in another way", { file: { images: { cloudLogins: ["ecr"] } } }, 1],
  ["reads a notation in another way", { file: { bankVaults: { keyVault: "acme" } } as SettingsFile }, 1],
  ["has other roots", { injection: { ...settings().injection, waitSeconds: 7 } }, 1],
])("tells of what %s", async (_, more, times) => {
  const onChanged = vi.fn<(changed: WebhookSettings) => void>();
  const reloaded = vi.fn<WebhookMetrics["reloaded"]>();
  using _following = followSettings({
    initial: settings(),
    read: async () => Promise.resolve(settings(more)),
    comparable: comparableSettings,
    onChanged,
    metrics: { reloaded },
    log: createLog("webhook", { write: () => undefined }, "info"),
  });
  for (let round = 0; round < 2; round += 1) {
    process.emit("SIGHUP");
    await turn();
  }
  expect(onChanged).toHaveBeenCalledTimes(times);
  expect(reloaded.mock.calls).toEqual(Array.from({ length: times }, () => ["settings", "ok"]));
});

it("tells of a failure once, and goes on with what was there", async () => {
  const onChanged = vi.fn<() => void>();
  const reloaded = vi.fn<WebhookMetrics["reloaded"]>();
  const lines: string[] = [];
  using _following = followSettings({
    initial: 1,
    read: async () => Promise.reject(new TypeError("do not show this")),
    comparable: (number) => number,
    onChanged,
    metrics: { reloaded },
    log: createLog("webhook", { write: (line: string) => void lines.push(line) }, "info"),
  });
  for (let round = 0; round < 2; round += 1) {
    process.emit("SIGHUP");
    await turn();
  }
  expect(onChanged).not.toHaveBeenCalled();
  expect(reloaded.mock.calls).toEqual([["settings", "failed"]]);
  expect(lines.join("")).toMatch(/TypeError.*those before go on to count/);
  expect(lines.join("")).not.toContain("do not show this");
});
