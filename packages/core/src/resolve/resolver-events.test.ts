import { describe, expect, it } from "vitest";
import {
  DENIED,
  delegated,
  found,
  memoryStore,
  recordingBus,
  resolverOf,
} from "./memory-provider.test-support.js";

describe("events", () => {
  it("tell who read what, from where, or why not", async () => {
    const { bus, said } = recordingBus();
    const store = memoryStore(
      { db: found("a", { version: "3" }), key: DENIED },
      { capabilities: { delegation: true } },
    );
    await using secrets = resolverOf(store, { events: bus });
    await secrets.settle(["secret://prod/db", "secret://prod/key", "secret://prod/d b"], {
      identity: delegated("web"),
    });
    const traceId = store.calls[0]?.context.trace.id;
    const common = { store: "prod", identity: "subject-web", traceId };
    expect(said.map(({ name, event }) => ({ name, ...event }))).toEqual([
      {
        name: "secret-failed",
        ...common,
        store: "",
        reference: "secret://prod/d",
        status: "invalid",
        reason: "malformed-reference",
      },
      {
        name: "provider-called",
        ...common,
        provider: "memory",
        requests: 2,
        found: 1,
        attempt: 1,
        durationMs: expect.any(Number) as number,
      },
      { name: "secret-resolved", ...common, reference: "secret://prod/db", version: "3", source: "provider" },
      {
        name: "secret-failed",
        ...common,
        reference: "secret://prod/key",
        status: "denied",
        reason: "forbidden",
      },
    ]);
    const heard: string[] = [];
    using _subscription = secrets.on("secret-resolved", ({ source }) => heard.push(source));
    await secrets.get("secret://prod/db", { identity: delegated("web") });
    expect(heard).toEqual(["cache"]);
  });
});
