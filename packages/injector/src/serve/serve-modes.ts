import { readCheckedYaml } from "@sluice/config";
import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { ServeCommandOptions } from "../commands/serve-command.js";
import type { InjectorParts } from "../run-command-line.js";
import { readTextFile } from "@sluice/mode/stores";
import { createProgram } from "../create-program.js";
import { argumentsOf, optionsSchema } from "./mode-options.js";

type ModeOptions = Readonly<Record<string, unknown>>;

/** Runs modes until they are told to stop, or one of them fails: then the others are told, and its error is thrown. */
export async function serveModes(
  parts: InjectorParts,
  context: ModeContext,
  names: readonly string[],
  { modes, options }: ServeCommandOptions,
): Promise<void> {
  const failed = new AbortController();
  const together = { ...context, stopped: failed.signal };
  const programs = new Map(
    await Promise.all(names.map(async (mode) => [mode, await createProgram(parts, together, mode)] as const)),
  );
  const said = await readOptions(context.directory, options, programs);
  const failures: unknown[] = [];
  await Promise.all(
    modes.map(async (mode, place) => {
      const program = programs.get(mode);
      const own = { ...placesOf(commandOf(program, mode), place), ...said[mode] };
      try {
        await program?.parseAsync([mode, ...argumentsOf(own)], { from: "user" });
      } catch (thrown) {
        failures.push(thrown);
        failed.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

async function readOptions(
  directory: string,
  file: string | undefined,
  programs: ReadonlyMap<string, Command>,
): Promise<Readonly<Record<string, ModeOptions>>> {
  if (file === undefined) return {};
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      Array.from(programs, ([mode, program]) => [mode, optionsSchema(commandOf(program, mode))]),
    ),
  };
  const text = await readTextFile(directory, file, `The file of options ${file}`);
  return ((await readCheckedYaml(file, text, schema)) ?? {}) as Record<string, ModeOptions>;
}

function commandOf(program: Command | undefined, mode: string): Command {
  const command = program?.commands.find((each) => each.name() === mode);
  if (command === undefined) throw new TypeError(`There is no command ${mode}`);
  return command;
}

/** Where a mode listens by default, moved on by as many ports as there are modes before it. */
function placesOf(command: Command, place: number): ModeOptions {
  const listening = command.options.filter(({ long }) => long === "--listen" || long === "--management");
  return Object.fromEntries(
    listening.flatMap(({ long = "", defaultValue }) => {
      if (!isAddress(defaultValue)) return [];
      return [[long.slice(2), `${defaultValue.host}:${defaultValue.port + place}`]];
    }),
  );
}

function isAddress(value: unknown): value is { readonly host: string; readonly port: number } {
  return typeof value === "object" && value !== null && "host" in value && "port" in value;
}
