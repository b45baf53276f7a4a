import { Argument, type Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { SCRIPTS, type Shell, SHELLS } from "../completion/scripts.js";

/** `sluice completion`: makes a shell complete our command line. */
export function addCompletionCommand(program: Command, context: CliContext): void {
  program
    .command("completion")
    .summary("print a script that makes a shell complete sluice commands")
    .addArgument(new Argument("<shell>", "shell to complete in").choices(SHELLS))
    .action((shell: Shell) => context.output.print(SCRIPTS[shell]));

  program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { complete } = await import("../completion/complete.js");
      const candidates = complete(program, words, await storeNames(context));
      if (candidates.length > 0) context.output.print(`${candidates.join("\n")}\n`);
    });
}

async function storeNames(context: CliContext): Promise<string[]> {
  const { readConfig } = await import("../config/open-stores.js");
  // Without a usable configuration there are no names to offer, and a prompt is no place to say so.
  return readConfig(context, undefined).then(
    ({ stores }) => Object.keys(stores),
    () => [],
  );
}
