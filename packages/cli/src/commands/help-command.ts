import { closestName, ERROR_CODES, SluiceError } from "@sluice/core";
import { Argument, type Command } from "commander";
import { readFile } from "node:fs/promises";
import type { CliContext } from "../cli-context.js";

/** `sluice help`: what a command does, or what an error means. */
export function addHelpCommand(program: Command, { output }: CliContext): void {
  program
    .command("help")
    .summary("show what a command does, or what an error code means")
    .addArgument(new Argument("[topic]", "a command, or a code such as SLU1002"))
    .action(async (topic?: string) => {
      if (topic === undefined) return program.outputHelp();
      const command = program.commands.find((each) => each.name() === topic);
      if (command !== undefined) return command.outputHelp();
      const code = topic.toUpperCase();
      if (!Object.hasOwn(ERROR_CODES, code)) throw unknownTopic(topic, program);
      output.print(await readFile(new URL(`../../help/${code}.md`, import.meta.url), "utf8"));
    });
}

function unknownTopic(topic: string, program: Command): SluiceError {
  const topics = [...program.commands.map((each) => each.name()), ...Object.keys(ERROR_CODES)];
  const closest = closestName(topic, topics);
  return new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `There is no help on ${JSON.stringify(topic)}`,
    remedy: closest === undefined ? "sluice --help lists the commands" : `Did you mean ${closest}?`,
  });
}
