import { Command } from "commander";
import type { CliContext } from "./cli-context.js";

type AddCommand = (program: Command, context: CliContext) => void;

/** Every command and where it is, as help shows them; each loads only when it is called, or when all are to be shown. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, () => Promise<AddCommand>>>>> = {
  "On a machine:": {
    run: async () => (await import("./commands/run-command.js")).addRunCommand,
    read: async () => (await import("./commands/read-command.js")).addReadCommand,
    export: async () => (await import("./commands/export-command.js")).addExportCommand,
    inject: async () => (await import("./commands/inject-command.js")).addInjectCommand,
    write: async () => (await import("./commands/write-command.js")).addWriteCommand,
    list: async () => (await import("./commands/list-command.js")).addListCommand,
    put: async () => (await import("./commands/put-command.js")).addPutCommand,
    delete: async () => (await import("./commands/delete-command.js")).addDeleteCommand,
    explain: async () => (await import("./commands/explain-command.js")).addExplainCommand,
    doctor: async () => (await import("./commands/doctor-command.js")).addDoctorCommand,
    init: async () => (await import("./commands/init-command.js")).addInitCommand,
  },
  "In a cluster:": {
    webhook: async () => (await import("./commands/webhook-command.js")).addWebhookCommand,
    broker: async () => (await import("./commands/broker-command.js")).addBrokerCommand,
    sidecar: async () => (await import("./commands/sidecar-command.js")).addSidecarCommand,
    sync: async () => (await import("./commands/sync-command.js")).addSyncCommand,
    generate: async () => (await import("./commands/generate-command.js")).addGenerateCommand,
    objects: async () => (await import("./commands/objects-command.js")).addObjectsCommand,
    serve: async () => (await import("./commands/serve-command.js")).addServeCommand,
  },
  "On manifests:": {
    mutate: async () => (await import("./commands/mutate-command.js")).addMutateCommand,
    lint: async () => (await import("./commands/lint-command.js")).addLintCommand,
    policy: async () => (await import("./commands/policy-command.js")).addPolicyCommand,
    migrate: async () => (await import("./commands/migrate-command.js")).addMigrateCommand,
  },
  "About sluice:": {
    completion: async () => (await import("./commands/completion-command.js")).addCompletionCommand,
    version: async () => (await import("./commands/version-command.js")).addVersionCommand,
    help: async () => (await import("./commands/help-command.js")).addHelpCommand,
  },
};

/**
 * The command line with the command that `name` calls, or with all of them when it calls none.
 *
 * @param name the first argument, whatever it is
 */
export async function createProgram(context: CliContext, name: string | undefined): Promise<Command> {
  const { output } = context;
  const program = new Command("sluice")
    .description("Brings secrets from where they are kept to the process that needs them, and nowhere else.")
    .enablePositionalOptions()
    .showHelpAfterError("\nSee sluice --help, or sluice COMMAND --help.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text),
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "sluice: SLU1201: ")),
      getOutHelpWidth: () => Math.min(output.columns, 100),
      getErrHelpWidth: () => Math.min(output.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .option("--version", "print the version")
    .helpCommand(false);
  const all = Object.entries(COMMANDS).flatMap(([group, commands]) =>
    Object.entries(commands).map(([command, load]) => ({ group, command, load })),
  );
  // Help may be asked for on any command.
  const called = name === "help" ? undefined : all.find(({ command }) => command === name);
  const wanted = called === undefined ? all : [called];
  const loaded = await Promise.all(wanted.map(async ({ group, load }) => ({ group, add: await load() })));
  for (const { group, add } of loaded) {
    program.commandsGroup(group);
    add(program, context);
  }
  return program;
}
