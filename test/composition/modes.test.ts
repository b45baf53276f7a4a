import { broker } from "@sluice/broker/mode";
import { BUILT_IN_MODES, sluice } from "@sluice/cli";
import { sync } from "@sluice/crd-sync/mode";
import { generate } from "@sluice/generator/mode";
import { createInjector } from "@sluice/injector";
import type { Mode, RegisteredMode } from "@sluice/mode";
import { runner } from "@sluice/runner/mode";
import { sidecar } from "@sluice/sidecar/mode";
import { objects, webhook } from "@sluice/webhook/mode";
import { describe, expect, it } from "vitest";
import { recordedOutput } from "./recorded-output.js";

const MODES: readonly Mode[] = [
  runner(),
  webhook(),
  broker(),
  sync(),
  generate(),
  sidecar(),
  objects({ openReader: async () => Promise.reject(new Error("Nothing is read here")) }),
];

const commandsOf = ({ commands }: Mode): string[] => commands.map(({ name }) => name);

/** What an injector says to some arguments, and how it ends. */
async function say(
  modes: readonly RegisteredMode[],
  ...args: string[]
): Promise<{ code: number; said: string }> {
  const { output, said } = recordedOutput();
  const injector = createInjector({ name: "acme", modes });
  return { code: await injector.main(["node", "acme", ...args], { output }), said: said.join("\n") };
}

describe("a mode", () => {
  it.each(MODES.map((mode) => [mode.name, mode] as const))("is an injector alone: %s", async (_, mode) => {
    for (const command of commandsOf(mode)) {
      const { code, said } = await say([mode], command, "--help");
      expect(code).toBe(0);
      expect(said).toContain(`Usage: acme ${command} `);
      expect(said).not.toMatch(/^ {2}sluice /m);
    }
    const { said } = await say([mode], "--help");
    expect(said).not.toMatch(/^ {2}serve /m);
  });

  it("that serves is run beside others", async () => {
    const { said } = await say(MODES, "serve", "--help");
    expect(said).toContain("separated by commas: webhook, broker, sync, generate, objects");
    expect(await say(MODES, "serve", "--modes", "runer,broker")).toMatchObject({ code: 64 });
  });
});

describe("the reference distribution", () => {
  it("knows the commands of each of its modes without loading it", async () => {
    expect(sluice.modes).toBe(BUILT_IN_MODES);
    for (const { name, commands, load } of BUILT_IN_MODES) {
      const mode = await load();
      expect(mode.name).toBe(name);
      expect(commandsOf(mode)).toEqual(commands);
    }
  });
});

describe("an injector's command line", () => {
  it("says what was meant", async () => {
    const { code, said } = await say([runner()], "raed", "secret://a/b");
    expect(code).toBe(64);
    expect(said).toContain("acme: SLU1201: unknown command 'raed'\n(Did you mean read?)");
  });

  it("says which version it is, and what it is made of", async () => {
    expect(await say([runner()], "--version")).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    const { said } = await say([runner()], "version", "-o", "json");
    expect(JSON.parse(said)).toMatchObject({ acme: expect.any(String), providers: [] });
  });

  it("explains error codes", async () => {
    const { code, said } = await say([runner()], "help", "slu1103");
    expect(code).toBe(0);
    expect(said).toMatch(/^# SLU1103: /);
  });

  it("is completed by a shell under its own name", async () => {
    const { said } = await say([runner()], "completion", "bash");
    expect(said).toContain("complete -o default -F _acme acme");
    expect(said).not.toContain("sluice");
    expect((await say([runner()], "__complete", "--", "r")).said.split("\n")).toEqual(["run", "read", ""]);
  });
});
