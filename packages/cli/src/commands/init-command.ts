import { resolve } from "node:path";
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";

/** `sluice init`: begins a configuration. */
export function addInitCommand(program: Command, context: CliContext): void {
  program
    .command("init")
    .summary("begin: write a sluice.yaml and a first store beside it")
    .argument("[directory]", "where to; the current folder by default")
    .action((directory: string | undefined) => init(context, directory));
}

async function init({ directory, output }: CliContext, subdirectory: string | undefined): Promise<void> {
  const { scaffold } = await import("../init/scaffold.js");
  const { created, kept } = await scaffold(resolve(directory, subdirectory ?? "."));
  const files = [...created.map((file) => `created  ${file}`), ...kept.map((file) => `kept     ${file}`)];
  const enter = subdirectory === undefined ? [] : [`  cd ${subdirectory}`];
  const next = [
    ...enter,
    "  sluice list                        what the store holds",
    "  sluice explain                     what a command would get, and from where",
    "  sluice run -- printenv GREETING    start a command with it",
  ];
  output.print(`${[...files, "", "Next:", ...next].join("\n")}\n`);
}
