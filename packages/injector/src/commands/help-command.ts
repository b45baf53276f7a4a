import { closestName, ERROR_CODES, SluiceError } from "@sluice/core";
import { Argument, type Command } from "commander";
import { readFile } from "node:fs/promises";
import type { BuildCommand } from "@sluice/mode";

/** `help`: what a command does, or what an error means. */
export function buildHelpCommand(program: Command): BuildCommand {
  return (command, { output }) => {
    command
      .addArgument(new Argument("[topic]", "a command, or a code such as SLU1002"))
      .action(async (topic?: string) => {
        if (topic === undefined) return program.outputHelp();
        const called = program.commands.find((each) => each.name() === topic);
        if (called !== undefined) return called.outputHelp();
        const code = topic.toUpperCase();
        if (!Object.hasOwn(ERROR_CODES, code)) throw unknownTopic(topic, program);
        output.print(await readFile(new URL(`../../help/${code}.md`, import.meta.url), "utf8"));
      });
  };
}

function unknownTopic(topic: string, program: Command): SluiceError {
  const topics = [...program.commands.map((each) => each.name()), ...Object.keys(ERROR_CODES)];
  const closest = closestName(topic, topics);
  return new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `There is no help on ${JSON.stringify(topic)}`,
    remedy:
      closest === undefined ? `${program.name()} --help lists the commands` : `Did you mean ${closest}?`,
  });
}
