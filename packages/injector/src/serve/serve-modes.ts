import { readCheckedYaml } from "@sluice/config";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import type { Command } from "commander";
import type { ServeCommandOptions } from "../commands/serve-command.js";
import { createProgram } from "../create-program.js";
import type { InjectorParts } from "../run-command-line.js";
import { argumentsOf, optionsSchema } from "./mode-options.js";

type ModeOptions = Readonly<Record<string, unknown>>;

/** Runs modes until they are told to stop, or one of them fails: then the others are told, and its error is thrown. */
export async function serveModes(
  parts: InjectorParts,
  context: ModeContext,
  names: readonly string[],
  { modes, options, management }: ServeCommandOptions,
): Promise<void> {
  const commands = new Map(
    await Promise.all(names.map(async (mode) => [mode, await commandOf(parts, context, mode)] as const)),
  );
  const said = await readOptions(context.directory, options, commands);
  await using shared = await openShared(
    management,
    modes.filter((mode) => said[mode]?.["management"] === undefined),
  );
  const failed = new AbortController();
  const failures: unknown[] = [];
  await Promise.all(
    modes.map(async (mode, place) => {
      const together = { ...context, stopped: failed.signal, ...shared.of(mode) };
      try {
        const command = await commandOf(parts, together, mode);
        const own = { ...placeOf(command, place), ...said[mode] };
        await command.parent?.parseAsync([mode, ...argumentsOf(own)], { from: "user" });
      } catch (thrown) {
        failures.push(thrown);
        failed.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}

/** One server of probes and metrics for those that are not given one of their own. */
async function openShared(
  address: ServeCommandOptions["management"],
  sharing: readonly string[],
): Promise<AsyncDisposable & { of(mode: string): Pick<ModeContext, "management"> }> {
  if (sharing.length === 0) return { of: () => ({}), [Symbol.asyncDispose]: async () => Promise.resolve() };
  const { createSharedManagement } = await import("@sluice/service/shared-management");
  const shared = await createSharedManagement(address, sharing);
  return {
    of: (mode) => (sharing.includes(mode) ? { management: shared.shareOf(mode) } : {}),
    [Symbol.asyncDispose]: async () => shared[Symbol.asyncDispose](),
  };
}

async function readOptions(
  directory: string,
  file: string | undefined,
  commands: ReadonlyMap<string, Command>,
): Promise<Readonly<Record<string, ModeOptions>>> {
  if (file === undefined) return {};
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Array.from(commands, ([mode, command]) => [mode, optionsSchema(command)])),
  };
  const text = await readTextFile(directory, file, `The file of options ${file}`);
  return ((await readCheckedYaml(file, text, schema)) ?? {}) as Record<string, ModeOptions>;
}

async function commandOf(parts: InjectorParts, context: ModeContext, mode: string): Promise<Command> {
  const { commands } = await createProgram(parts, context, mode);
  const command = commands.find((each) => each.name() === mode);
  if (command === undefined) throw new TypeError(`There is no command ${mode}`);
  return command;
}

/** Where a mode listens by default, moved on by as many ports as there are modes before it. */
function placeOf({ options }: Command, place: number): ModeOptions {
  const fallback: unknown = options.find(({ long }) => long === "--listen")?.defaultValue;
  return isAddress(fallback) ? { listen: `${fallback.host}:${fallback.port + place}` } : {};
}

function isAddress(value: unknown): value is { readonly host: string; readonly port: number } {
  return typeof value === "object" && value !== null && "host" in value && "port" in value;
}
