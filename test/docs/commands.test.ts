import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REFERENCE } from "@sluice/cli";
import { createEventBus, createSecretResolver } from "@sluice/core";
import type { ModeContext } from "@sluice/mode";
import { createProgram } from "../../packages/injector/src/create-program.js";
import { codeBlocks, ROOT } from "./pages.js";

/** Programs that pages may tell people to run. */
const KNOWN = new Set([
  "sluice",
  "npm",
  "npx",
  "pnpm",
  "node",
  "kubectl",
  "helm",
  "kustomize",
  "podman",
  "skopeo",
  "cd",
]);

const commands = codeBlocks("sh").flatMap(({ where, code }) =>
  code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter(Boolean)
    .flatMap((line) => line.split(/\s*(?:\|\||&&|\||;)\s*/))
    .map((command): [string, string[]] => [where, wordsOf(command)]),
);

describe("commands that pages tell people to run", () => {
  it.each(commands)("are of programs that we know: %s %s", (_, [program = ""]) => {
    expect(KNOWN).toContain(program);
  });

  it.each(commands.filter(([, [program]]) => program === "sluice"))(
    "have only options that there are: %s %s",
    async (_, [, ...words]) => {
      await expect(parse(words)).resolves.toBe(true);
    },
  );

  it.each(commands.filter(([, [program]]) => program === "npm" || program === "pnpm"))(
    "run scripts that there are: %s %s",
    (_, [, script = ""]) => {
      const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
        readonly scripts: Readonly<Record<string, string>>;
      };
      expect(["install", ...Object.keys(scripts)]).toContain(script);
    },
  );

  const paths = commands.flatMap(([where, words]) =>
    words.filter((word) => /^deploy\/(?!image\/oci)/.test(word)).map((word) => [where, word] as const),
  );
  it.each(paths)("name files that there are: %s %s", (_, path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });
});

/** Reads a command line as `sluice` does, and does nothing. */
async function parse(words: readonly string[]): Promise<boolean> {
  const said: string[] = [];
  const refuse = (): never => {
    throw new Error("Only what is printed is needed");
  };
  const output = {
    print: (text: string | Uint8Array) => void said.push(String(text)),
    note: (line: string) => void said.push(line),
    status: refuse,
    printsToTerminal: false,
    notesToTerminal: false,
    columns: 100,
    colour: false,
  };
  const context: ModeContext = {
    name: "sluice",
    version: refuse,
    providers: REFERENCE.providers ?? [],
    dialects: REFERENCE.dialects ?? [],
    strategies: REFERENCE.strategies ?? [],
    createEvents: createEventBus,
    createResolver: createSecretResolver,
    report: refuse,
    environment: {},
    directory: ROOT,
    output,
    stdio: [],
    exitWith: refuse,
  };
  const program = await createProgram({ ...REFERENCE, name: "sluice" }, context, words[0]);
  let reached = false;
  const disarm = (command: (typeof program.commands)[number]): void => {
    command.action(() => void (reached = true));
    command.commands.forEach(disarm);
  };
  program.commands.forEach(disarm);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (thrown) {
    throw new Error(said.join("\n"), { cause: thrown });
  }
  return reached;
}

/** Words of a simple command, with quotes taken off, and what is redirected left out. */
function wordsOf(command: string): string[] {
  const words = command.replace(/\s[<>]+\s*\S+/g, "").match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
}
