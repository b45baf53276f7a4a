import type { ModeContext } from "@sluice/mode";
import { Argument, type Command } from "commander";
import { completionScript, type Shell, SHELLS } from "../completion/completion-script.js";

/** `completion`: makes a shell complete our command line. */
export function buildCompletionCommand(command: Command, { name, output }: ModeContext): void {
  command
    .addArgument(new Argument("<shell>", "shell to complete in").choices(SHELLS))
    .action((shell: Shell) => output.print(completionScript(shell, name)));
}
