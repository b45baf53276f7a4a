import { createSecretResolver, defineProvider, SecretValue, type StoreDefinition } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { planEnvironment } from "../environment/plan-environment.js";
import { referencesOf } from "../environment/resolve-environment.js";
import type { SupervisedChild } from "../process/index.js";
import { applyChanges } from "./apply-changes.js";

/** A store whose texts a test sets, and that tells of nothing but what is read. */
function storeOf(texts: Map<string, string>) {
  const asked: string[] = [];
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id, path, volatile }) => {
          asked.push(path);
          const text = volatile ? `issued-${asked.filter((each) => each === path).length}` : texts.get(path);
          if (text === undefined) return { id, status: "not-found", reason: "missing" };
          const expiresAt = Date.now() + 3_600_000;
          return { id, status: "found", value: SecretValue.fromText(text), ...(volatile && { expiresAt }) };
        }),
    }),
  });
  const stores: Record<string, StoreDefinition> = { dev: provider({}) };
  return { asked, resolver: createSecretResolver({ stores }) };
}

/** A command that was started with what was read first; then `meanwhile` happened. */
async function start(texts: Map<string, string>, meanwhile: () => void) {
  const { asked, resolver } = storeOf(texts);
  const plan = planEnvironment({
    inherited: { A: "secret://dev/a", B: "secret://dev/b", TOKEN: "secret://dev/issued?volatile=true" },
    added: [],
  });
  const outcomes = await resolver.settle(referencesOf(plan));
  meanwhile();
  const restart = vi.fn<SupervisedChild["restart"]>(async () => undefined);
  const notices: string[] = [];
  const changes = applyChanges({
    child: { restart } as unknown as SupervisedChild,
    plan,
    outcomes,
    resolver,
    watch: { kind: "restart" },
    onNotice: (text) => notices.push(text),
  });
  const stop = async (): Promise<void> => {
    await changes.stop();
    await resolver[Symbol.asyncDispose]();
  };
  return { asked, notices, restart, [Symbol.asyncDispose]: stop };
}

describe("applyChanges", () => {
  it("acts on what changed before it began, with the value it was told, and issues nothing twice", async () => {
    const texts = new Map([
      ["a", "1"],
      ["b", "x"],
    ]);
    await using started = await start(texts, () => texts.set("a", "2"));
    await vi.waitFor(() => expect(started.restart).toHaveBeenCalled());
    expect(started.restart.mock.calls).toEqual([[{ A: "2", B: "x", TOKEN: "issued-1" }]]);
    expect(started.notices[0]).toBe("secret://dev/a was changed");
    expect(started.asked.filter((path) => path === "issued")).toHaveLength(1);
    // Before the command was started, and at the first look.
    expect(started.asked.filter((path) => path === "b")).toHaveLength(2);
  });

  it("leaves the command as it is when a secret it needs went before it began", async () => {
    const texts = new Map([
      ["a", "1"],
      ["b", "x"],
    ]);
    await using started = await start(texts, () => texts.delete("b"));
    await vi.waitFor(() => expect(started.notices).toHaveLength(2));
    expect(started.notices[0]).toBe("secret://dev/b was deleted");
    expect(started.notices[1]).toMatch(/^the command keeps running as it is: .*is not there any more/);
    expect(started.restart).not.toHaveBeenCalled();
  });
});
