import { SluiceError } from "@sluice/core";
import type { BuildCommand, Mode, ModeCommand, ModeContext, RegisteredMode } from "@sluice/mode";
import { Command } from "commander";
import type { InjectorParts } from "./run-command-line.js";

/** A command in its place in help. */
export interface PlacedCommand extends Omit<ModeCommand, "group" | "load"> {
  readonly group: string;
  readonly hidden?: boolean;
  /** Whether it is about the others, which then must be there. */
  readonly isAboutAll?: boolean;
  /** Gives what builds it; some commands are about the whole program. */
  readonly load: (program: Command) => Promise<BuildCommand>;
}

/** In the order that help has. */
const GROUPS = ["On a machine", "In a cluster", "On manifests"] as const;

/**
 * The command line with the command that `name` calls, or with all of them when it calls none. Only what is in it is loaded.
 *
 * @param name - The first argument, whatever it is
 */
export async function createProgram(
  parts: InjectorParts,
  context: ModeContext,
  name: string | undefined,
): Promise<Command> {
  const program = createFrame(parts, context);
  const all = await commandsFor(parts, name);
  const called = all.find((each) => each.name === name && each.isAboutAll !== true);
  const wanted = called === undefined ? all : [called];
  const loaded = await Promise.all(wanted.map(async (each) => ({ each, build: await each.load(program) })));
  for (const { each, build } of loaded) {
    program.commandsGroup(`${each.group}:`);
    const command = program.command(each.name, { hidden: each.hidden === true });
    build(command.summary(each.summary), context);
    command.description(paragraphs(command.description()));
  }
  return program;
}

/** Help is wrapped by the width of the terminal: single line breaks are those of the source. */
function paragraphs(description: string): string {
  return description.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
}

function createFrame({ name, description = "" }: InjectorParts, { output }: ModeContext): Command {
  return new Command(name)
    .description(description)
    .enablePositionalOptions()
    .showHelpAfterError(`\nSee ${name} --help, or ${name} COMMAND --help.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text),
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, `${name}: SLU1201: `)),
      getOutHelpWidth: () => Math.min(output.columns, 100),
      getErrHelpWidth: () => Math.min(output.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .option("--version", "print the version")
    .helpCommand(false);
}

/** Those of the mode that has the command, else all that there are. */
async function commandsFor(
  parts: InjectorParts,
  name: string | undefined,
): Promise<readonly PlacedCommand[]> {
  refuseDoubles(parts.modes.flatMap(commandNames));
  const owner = parts.modes.find((mode) => commandNames(mode).some((each) => each === name));
  if (owner !== undefined) return (await loadMode(owner)).commands;
  const [modes, { frameCommands }] = await Promise.all([
    Promise.all(parts.modes.map(loadMode)),
    import("./frame-commands.js"),
  ]);
  const offered = modes.flatMap(({ commands }) => commands);
  const grouped = GROUPS.flatMap((group) => offered.filter((command) => command.group === group));
  return [...grouped, ...frameCommands(parts, offered)];
}

function refuseDoubles(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `Two modes of the injector have the command ${twice}`,
    remedy: "Leave one of the modes out",
  });
}

function commandNames({ commands }: RegisteredMode): readonly string[] {
  return commands.map((command: string | ModeCommand) =>
    typeof command === "string" ? command : command.name,
  );
}

async function loadMode(mode: RegisteredMode): Promise<Mode> {
  return "load" in mode ? mode.load() : mode;
}
