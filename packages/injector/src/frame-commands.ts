import type { ModeCommand } from "@sluice/mode";
import type { PlacedCommand } from "./create-program.js";
import type { InjectorParts } from "./run-command-line.js";

/** The commands that an injector has by itself; `serve` where there is something to run together. */
export function frameCommands(parts: InjectorParts, offered: readonly ModeCommand[]): PlacedCommand[] {
  const about = `About ${parts.name}`;
  const serving = offered.filter(({ serves }) => serves === true);
  return [
    ...(serving.length < 2
      ? []
      : [
          {
            name: "serve",
            group: "In a cluster",
            summary: "run several of these in one process",
            load: async () => (await import("./commands/serve-command.js")).buildServeCommand(parts, serving),
          },
        ]),
    {
      name: "completion",
      group: about,
      summary: `print a script that makes a shell complete ${parts.name} commands`,
      load: async () => (await import("./commands/completion-command.js")).buildCompletionCommand,
    },
    {
      name: "__complete",
      group: about,
      summary: "what a shell could complete",
      hidden: true,
      isAboutAll: true,
      load: async (program) => (await import("./commands/complete-command.js")).buildCompleteCommand(program),
    },
    {
      name: "version",
      group: about,
      summary: "print the version, and what it runs on",
      load: async () => (await import("./commands/version-command.js")).buildVersionCommand,
    },
    {
      name: "help",
      group: about,
      summary: "show what a command does, or what an error code means",
      isAboutAll: true,
      load: async (program) => (await import("./commands/help-command.js")).buildHelpCommand(program),
    },
  ];
}
