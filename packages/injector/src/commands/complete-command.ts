import type { BuildCommand, ModeContext } from "@sluice/mode";
import type { Command } from "commander";

/** `__complete`: what a script of `completion` asks for candidates. */
export function buildCompleteCommand(program: Command): BuildCommand {
  return (command, context) => {
    command
      .argument("[words...]")
      .allowUnknownOption()
      .action(async (words: string[]) => {
        const { complete } = await import("../completion/complete.js");
        const candidates = complete(program, words, await storeNames(context));
        if (candidates.length > 0) context.output.print(`${candidates.join("\n")}\n`);
      });
  };
}

async function storeNames(context: ModeContext): Promise<string[]> {
  const { readConfig } = await import("@sluice/mode/stores");
  // Without a usable configuration there are no names to offer, and a prompt is no place to say so.
  return readConfig(context, undefined).then(
    ({ stores }) => Object.keys(stores),
    () => [],
  );
}
