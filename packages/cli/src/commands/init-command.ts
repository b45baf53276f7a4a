import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";

/** `sluice init`: begins a configuration, or a provider. */
export function addInitCommand(program: Command, context: CliContext): void {
  program
    .command("init")
    .summary("begin: write a sluice.yaml and a first store, or a provider of your own")
    .description(
      "Writes the smallest configuration that works; with `provider` as the first word, a provider of your own\n" +
        "with the test that holds it against the specification. Nothing that exists is overwritten.",
    )
    .argument("[what]", "provider, or the folder for a configuration; the current folder by default")
    .argument("[directory]", "folder for a provider; ./provider by default")
    .action((what: string | undefined, directory: string | undefined) =>
      what === "provider" ? initProvider(context, directory ?? "provider") : init(context, what),
    );
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

async function initProvider({ directory, output }: CliContext, subdirectory: string): Promise<void> {
  const { scaffoldProvider } = await import("../init/scaffold-provider.js");
  const created = await scaffoldProvider(resolve(directory, subdirectory));
  const files = created.map((file) => `created  ${join(subdirectory, file)}`);
  const next = [
    `  cd ${subdirectory} && npm install`,
    "  npm test      hold it against the provider specification",
  ];
  output.print(`${[...files, "", "Next:", ...next].join("\n")}\n`);
}
