import type { Mode, ModeContext } from "@sluice/mode";
import { describe, expect, it } from "vitest";
import { createProgram } from "./create-program.js";

const loaded: string[] = [];

const mode = (name: string, more: { serves?: boolean; group?: "In a cluster" } = {}): Mode => ({
  name,
  commands: [
    {
      name,
      group: "On a machine",
      summary: `do ${name}`,
      load: async () => {
        loaded.push(name);
        return () => undefined;
      },
      ...more,
    },
  ],
});

const context = { name: "acme", output: { columns: 80 } } as ModeContext;

async function commandsOf(modes: readonly Mode[], name?: string): Promise<string[]> {
  loaded.length = 0;
  const { commands } = await createProgram({ name: "acme", modes }, context, name);
  return commands.map((command) => command.name()).filter((each) => !each.startsWith("__"));
}

describe("the command line of an injector", () => {
  it("has the commands of its modes by their groups, and its own", async () => {
    const modes = [mode("broker", { group: "In a cluster" }), mode("run")];
    expect(await commandsOf(modes)).toEqual(["run", "broker", "completion", "version", "help"]);
  });

  it("loads only what is called, and all for help", async () => {
    const modes = [mode("run"), mode("read")];
    expect(await commandsOf(modes, "read")).toEqual(["read"]);
    expect(loaded).toEqual(["read"]);
    expect(await commandsOf(modes, "help")).toContain("run");
    expect(loaded).toEqual(["run", "read"]);
  });

  it("imports a lazy mode when one of its commands is called", async () => {
    const lazy = { name: "one", commands: ["one"], load: async () => mode("one") };
    const other = { name: "two", commands: ["two"], load: async () => Promise.reject(new Error("imported")) };
    const { commands } = await createProgram({ name: "acme", modes: [lazy, other] }, context, "one");
    expect(commands.map((command) => command.name())).toEqual(["one"]);
  });

  it("offers serve where there are two to run together", async () => {
    const serving = (name: string) => mode(name, { serves: true, group: "In a cluster" });
    expect(await commandsOf([serving("webhook"), mode("run")])).not.toContain("serve");
    expect(await commandsOf([serving("webhook"), serving("broker")])).toContain("serve");
  });

  it("leaves the breaking of lines in a description to the help, and paragraphs as they are", async () => {
    const described: Mode = {
      name: "run",
      commands: [
        {
          name: "run",
          group: "On a machine",
          summary: "do run",
          load: async () => (command) => void command.description("One line\nand another.\n\nA paragraph."),
        },
      ],
    };
    const { commands } = await createProgram({ name: "acme", modes: [described] }, context, "run");
    expect(commands[0]?.description()).toBe("One line and another.\n\nA paragraph.");
  });

  it("refuses two modes with one command", async () => {
    await expect(commandsOf([mode("run"), mode("run")])).rejects.toMatchObject({ code: "SLU1103" });
  });
});
