import { type Command, InvalidArgumentError, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import { configOption, durationOption } from "@sluice/mode/options";
import { addressOption, type HostPort } from "@sluice/mode/server-options";

/** What the command line says about a sidecar. Times are in milliseconds. */
export interface SidecarCommandOptions {
  readonly file?: string;
  readonly config?: string;
  readonly allow?: readonly string[];
  readonly once?: true;
  readonly refresh: number;
  readonly wait: number;
  readonly state?: string;
  readonly revoke: boolean;
  readonly grace: number;
  readonly source: readonly SourcePlace[];
  readonly gateway?: GatewayPlace;
  readonly gatewayCache?: true;
  readonly dapr?: number;
  readonly daprTokenFile?: string;
  readonly endWithPod?: PodName;
  readonly container: string;
  readonly management?: HostPort;
  readonly logLevel: string;
}

/** A pod by its names. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Where a container's plan is, and the socket that its launcher asks at. */
export interface SourcePlace {
  /** A file, or `env:` and the name of a variable that holds it. */
  readonly plan: string;
  readonly socket: string;
  /** Permissions of the socket. */
  readonly mode?: number;
}

/** Which store's API is served, where, and when our login is added. */
export interface GatewayPlace {
  readonly store: string;
  readonly port: number;
  readonly login: "absent" | "always" | "never";
}

/** `sluice sidecar`: keeps files of secrets fresh beside an app. */
export function buildSidecarCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Writes the files of a plan, all or none, and is ready then. Reads secrets again from time to time,\n" +
        "renews leases and takes others before they end, exchanges what has changed, and tells the app. While\n" +
        "a store is away the last good files stay. Told to stop, it gives its leases back.",
    )
    .option("-f, --file <plan>", "plan for files, YAML or JSON (default: the variable SLUICE_FILES)")
    .addOption(configOption())
    .option("--allow <folder...>", "folders that files may be written to (default: those of the plan)")
    .option("--once", "write the files, leave leases alive for a sidecar with the same --state, and end")
    .addOption(
      durationOption("--refresh <duration>", "how often secrets without a lease are read again", "5m"),
    )
    .addOption(durationOption("--wait <duration>", "how long stores may be away at first", "5m"))
    .option("--state <folder>", "folder in memory, for what a run leaves to the next and for `ready`")
    .option("--no-revoke", "leave leases alive when told to stop")
    .addOption(durationOption("--grace <duration>", "how long giving leases back may take", "5s"))
    .addOption(
      new Option(
        "--source <plan=socket[:mode]...>",
        "answer a launcher at a Unix socket, with what the plan in a file, or in a variable (env:NAME), asks for",
      )
        .argParser((text: string, before: readonly SourcePlace[]) => [...before, readSource(text)])
        .default([], "none"),
    )
    .addOption(
      new Option(
        "--gateway <store:port[:login]>",
        "serve the store's own API on 127.0.0.1, with our login where a request shows none (absent), always or never",
      ).argParser(readGateway),
    )
    .option("--gateway-cache", "give what the gateway's store issued again, while its lease lives")
    .addOption(new Option("--dapr <port>", "serve Dapr's secrets API on 127.0.0.1").argParser(readPort))
    .addOption(
      new Option(
        "--end-with-pod <namespace/name>",
        "end when all other containers of this pod have ended, on clusters without native sidecars",
      ).argParser(readPod),
    )
    .option("--container <name>", "our own container in that pod", "sluice-agent")
    .option("--dapr-token-file <file>", "what callers of it must show as dapr-api-token")
    .addOption(
      addressOption(
        "--management <host:port>",
        "serve /healthz, /readyz and /metrics there (default: nowhere)",
      ),
    )
    .addOption(
      new Option("--log-level <level>", "what to write")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `\nExamples:\n  ${context.name} sidecar --file files.yaml --state /run/app/sluice\n  ${context.name} sidecar --file files.yaml --once`,
    )
    .action(async (options: SidecarCommandOptions) => {
      const { runSidecar } = await import("./run-sidecar.js");
      await runSidecar(context, options);
    });
}

function readSource(text: string): SourcePlace {
  const [, plan, socket, mode] = /^([^=]+)=(.+?)(?::(0[0-7]{3}))?$/.exec(text) ?? [];
  if (plan === undefined || socket === undefined)
    throw new InvalidArgumentError("Write PLAN=SOCKET, two files, or env:NAME=SOCKET:0600.");
  return { plan, socket, ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }) };
}

function readGateway(text: string): GatewayPlace {
  const [, store, port = "", login = "absent"] =
    /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):(\d{1,5})(?::(absent|always|never))?$/.exec(text) ?? [];
  if (store === undefined) throw new InvalidArgumentError("Write STORE:PORT, or STORE:PORT:always.");
  return { store, port: readPort(port), login: login as GatewayPlace["login"] };
}

function readPod(text: string): PodName {
  const [, namespace, name] = /^([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined) throw new InvalidArgumentError("Write NAMESPACE/NAME.");
  return { namespace, name };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port === 0 || port > 65_535) throw new InvalidArgumentError("Write a port between 1 and 65535.");
  return port;
}
