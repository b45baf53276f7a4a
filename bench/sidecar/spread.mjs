import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createEventBus, createSecretResolver, defineProvider, SecretValue } from "@sluice/core";
import { createSidecar } from "@sluice/sidecar";

const REFRESH_MS = 30_000;
const OUTAGE_MS = 60_000;
const WATCH_MS = 60_000;

/**
 * How the requests of so many sidecars are spread over an outage of their store and the minute after it: in all, and in the
 * fullest second.
 */
export async function spreadOf(count) {
  const work = mkdtempSync(join(tmpdir(), "sluice-spread-"));
  const bins = new Map();
  let [isAway, isCounted] = [false, false];
  const store = defineProvider({
    id: "counting",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) => {
        const second = Math.floor(Date.now() / 1000);
        if (isCounted) bins.set(second, (bins.get(second) ?? 0) + 1);
        return requests.map(({ id }) =>
          isAway
            ? { id, status: "unavailable", reason: "away" }
            : { id, status: "found", value: SecretValue.fromText("value") },
        );
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  })({});
  const over = new AbortController();
  const running = Array.from({ length: count }, async (_, index) => {
    const events = createEventBus();
    const retry = { attempts: 2, attemptTimeoutMs: 3_000, maxDelayMs: 1_000 };
    const resolver = createSecretResolver({
      stores: { store },
      cache: false,
      retry,
      leases: { renew: true },
      events,
    });
    const root = join(work, String(index));
    const files = [{ path: join(root, "a"), content: { format: "raw", text: "secret://store/a" } }];
    const sidecar = createSidecar({
      plan: { roots: [root], files },
      resolver,
      events,
      refreshMs: REFRESH_MS,
    });
    await sidecar.start(over.signal);
    await sidecar.follow(over.signal);
    await resolver[Symbol.asyncDispose]();
  });
  // All have looked once by then.
  await sleep(REFRESH_MS + 5_000);
  isCounted = true;
  isAway = true;
  await sleep(OUTAGE_MS);
  isAway = false;
  await sleep(WATCH_MS);
  over.abort(new Error("the benchmark is over"));
  await Promise.all(running);
  rmSync(work, { recursive: true });
  const counts = Array.from(bins.values());
  return {
    most: Math.max(...counts),
    total: counts.reduce((sum, each) => sum + each, 0),
    seconds: (OUTAGE_MS + WATCH_MS) / 1000,
  };
}
