import { setImmediate as turn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
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
  using _following = followSettings(
    settings(),
    async () => Promise.resolve(settings(more)),
    comparableSettings,
    onChanged,
    () => undefined,
  );
  for (let round = 0; round < 2; round += 1) {
    process.emit("SIGHUP");
    await turn();
  }
  expect(onChanged).toHaveBeenCalledTimes(times);
});
