import { describe, expect, it } from "vitest";
import { decideRelease, LATEST_MS, type ReleaseTicket, ticketFor } from "./decide-release.js";
import type { ObservedContainer } from "./observed-container.js";

const NOW = 1_800_000_000_000;
const FIRST: ObservedContainer = { state: "waiting", restarts: 0, ranBefore: false, ephemeral: false };

const running = (secondsAgo: number, restarts = 0, instance = `c-${restarts}`): ObservedContainer => ({
  ...FIRST,
  state: "running",
  startedAt: NOW - secondsAgo * 1000,
  restarts,
  instance,
  ranBefore: true,
});
const terminated = (restarts: number): ObservedContainer => ({
  ...FIRST,
  state: "terminated",
  restarts,
  instance: `c-${restarts}`,
  ranBefore: true,
});
const crashed = (restarts: number): ObservedContainer => ({ ...terminated(restarts), state: "waiting" });

const decide = (observed: ObservedContainer, ticket?: ReleaseTicket, nonce = "a") =>
  decideRelease({ observed, ticket, nonce, now: NOW });

const late = { kind: "replay", why: "late" };
const another = { kind: "replay", why: "another-nonce" };
const never = { kind: "replay", why: "never-starts-again" };

describe("7.4 without a ticket, which a lost ledger has for nobody", () => {
  it.each([
    ["nothing was reported yet", FIRST, { kind: "first" }],
    ["it waits after a crash", crashed(3), { kind: "first" }],
    ["it has terminated, and the next one is not reported yet", terminated(0), { kind: "first" }],
    ["it began to run just now", running(0), { kind: "first" }],
    ["it began to run at the limit", running(LATEST_MS / 1000), { kind: "first" }],
    ["it began to run beyond the limit", running(LATEST_MS / 1000 + 1), late],
    ["it runs since nobody knows when", { ...FIRST, state: "running" } as const, late],
    ["the clock of its node is ahead", running(-30), { kind: "first" }],
    ["it is ephemeral and starts", { ...FIRST, ephemeral: true }, { kind: "first" }],
    ["it is ephemeral and has ended", { ...terminated(0), ephemeral: true }, never],
  ])("%s", (_, observed, release) => {
    expect(decide(observed)).toEqual(release);
  });
});

describe("7.4 with the ticket of nonce a", () => {
  it.each([
    ["the same nonce", FIRST, FIRST, "a", { kind: "retry" }],
    ["the same nonce, long after", FIRST, running(3000), "a", { kind: "retry" }],
    ["another nonce while it waits", FIRST, FIRST, "b", another],
    ["another nonce once it is reported to run", FIRST, running(5), "b", another],
    ["another nonce of the same instance", running(1), running(20), "b", another],
    ["another instance, with the same count", running(1), running(1, 0, "c-x"), "b", { kind: "first" }],
    ["the next start", running(30, 0), running(1, 1), "b", { kind: "first" }],
    [
      "the next start, of which the end of this one is reported",
      running(30, 0),
      terminated(0),
      "b",
      { kind: "first" },
    ],
    ["the same next start, reported to run", terminated(0), running(1, 1), "b", another],
    ["the start after that", terminated(0), running(1, 2), "b", { kind: "first" }],
    ["the next start, which waits", running(30, 0), crashed(0), "b", { kind: "first" }],
    ["a count that began anew", running(1, 7), running(1, 0), "b", { kind: "first" }],
    ["a next start that is late", running(1, 0), running(500, 1), "b", late],
  ])("%s", (_, atTicket, observed, nonce, release) => {
    expect(decide(observed, ticketFor(atTicket, "a"), nonce)).toEqual(release);
  });
});
