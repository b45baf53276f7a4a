import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";

interface InitCommandOptions {
  readonly provider: string;
}

const FIRST_STEPS = [
  "  sluice list                        what the store holds",
  "  sluice explain                     what a command would get, and from where",
  "  sluice run -- printenv GREETING    start a command with it",
];

const FIRST_STEPS_ELSEWHERE = [
  "  edit sluice.yaml                      say where the store is, and what you want of it",
  "  sluice doctor                         whether it answers, knows us, and lets us read",
  "  sluice run -- printenv DB_PASSWORD    start a command with it",
];

/** `sluice init`: begins a configuration, or a provider. */
export function buildInitCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Writes a first configuration, with the options of its provider to choose from. With `provider` as\n" +
        "the first word: a provider of your own, with the test that holds it against the specification.\n" +
        "Nothing that exists is overwritten.",
    )
    .argument("[what]", "provider, or the folder for a configuration; the current folder by default")
    .argument("[directory]", "folder for a provider; ./provider by default")
    .addOption(
      new Option("--provider <id>", "what reads the first store")
        .choices(context.providers.map(({ id }) => id))
        .default("file"),
    )
    .action((what: string | undefined, directory: string | undefined, options: InitCommandOptions) =>
      what === "provider"
        ? initProvider(context, directory ?? "provider")
        : init(context, what, options.provider),
    );
}

async function init(
  { directory, output }: ModeContext,
  subdirectory: string | undefined,
  provider: string,
): Promise<void> {
  const { scaffold } = await import("../init/scaffold.js");
  const { created, kept } = await scaffold(resolve(directory, subdirectory ?? "."), provider);
  const files = [...created.map((file) => `created  ${file}`), ...kept.map((file) => `kept     ${file}`)];
  const enter = subdirectory === undefined ? [] : [`  cd ${subdirectory}`];
  const next = [...enter, ...(provider === "file" ? FIRST_STEPS : FIRST_STEPS_ELSEWHERE)];
  output.print(`${[...files, "", "Next:", ...next].join("\n")}\n`);
}

async function initProvider({ directory, output }: ModeContext, subdirectory: string): Promise<void> {
  const { scaffoldProvider } = await import("../init/scaffold-provider.js");
  const created = await scaffoldProvider(resolve(directory, subdirectory));
  const files = created.map((file) => `created  ${join(subdirectory, file)}`);
  const next = [
    `  cd ${subdirectory} && npm install`,
    "  npm test      hold it against the provider specification",
  ];
  output.print(`${[...files, "", "Next:", ...next].join("\n")}\n`);
}
