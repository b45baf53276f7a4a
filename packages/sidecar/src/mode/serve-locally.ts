import { resolve } from "node:path";
import type { LoadedConfig } from "@sluice/config";
import {
  type EventBus,
  type SecretResolver,
  SecretValue,
  SluiceError,
  UnknownStoreError,
} from "@sluice/core";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import type { Sidecar } from "../create-sidecar.js";
import type { GatewayPlace, SidecarCommandOptions, SourcePlace } from "./sidecar-command.js";

type LocalOptions = Pick<
  SidecarCommandOptions,
  "source" | "gateway" | "gatewayCache" | "dapr" | "daprTokenFile"
>;

/** Whether programs beside us are served anything but files. */
export function servesLocally({ source, gateway, dapr }: LocalOptions): boolean {
  return source.length > 0 || gateway !== undefined || dapr !== undefined;
}

/** Serves the local APIs that are asked for, until it is disposed. */
export async function serveLocally(
  context: ModeContext,
  { source, gateway, gatewayCache, dapr, daprTokenFile }: LocalOptions,
  config: LoadedConfig,
  {
    sidecar,
    resolver,
    events,
  }: { readonly sidecar: Sidecar; readonly resolver: SecretResolver; readonly events: EventBus },
): Promise<AsyncDisposable> {
  if (gatewayCache === true && gateway === undefined) throw new SluiceError(NO_GATEWAY);
  const opened: AsyncDisposable[] = [];
  const served = {
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
    },
  };
  try {
    for (const place of source) opened.push(await openSource(context, place, sidecar));
    if (gateway !== undefined)
      opened.push(await openGateway(context, { ...gateway, cache: gatewayCache === true }, config, events));
    if (dapr !== undefined) {
      const { serveDaprSecrets } = await import("../local/serve-dapr-secrets.js");
      const token = daprTokenFile === undefined ? undefined : await readToken(context, daprTokenFile);
      opened.push(await serveDaprSecrets({ resolver, port: dapr, ...(token !== undefined && { token }) }));
    }
    return served;
  } catch (thrown) {
    await served[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function openSource(
  context: ModeContext,
  { plan: place, socket, mode }: SourcePlace,
  sidecar: Sidecar,
): Promise<AsyncDisposable> {
  const { serveSource } = await import("../source/serve-source.js");
  const { directory } = context;
  const plan = await readPlan(context, place);
  const { reader } = sidecar;
  return serveSource({
    socket: resolve(directory, socket),
    plan,
    ...(mode !== undefined && { mode }),
    reader,
    notReady: () => sidecar.notReady(),
  });
}

/** As its launcher has it, to the letter. */
async function readPlan({ directory, environment }: ModeContext, place: string): Promise<string> {
  if (!place.startsWith("env:")) return (await readTextFile(directory, place, `The plan ${place}`)).trimEnd();
  const name = place.slice("env:".length);
  const text = environment[name];
  if (text) return text;
  throw new SluiceError({
    code: "SLU1101",
    kind: "configuration",
    problem: `There is no plan: ${name} is not set`,
    remedy: "Set it, or name a file with the plan: --source PLAN=SOCKET",
  });
}

async function openGateway(
  { environment }: ModeContext,
  { store, port, login, cache }: GatewayPlace & { readonly cache: boolean },
  { stores, baseDirectory }: LoadedConfig,
  events: EventBus,
): Promise<AsyncDisposable> {
  const definition = Object.hasOwn(stores, store) ? stores[store] : undefined;
  if (definition === undefined) throw new UnknownStoreError(store, Object.keys(stores));
  if (definition.openGateway === undefined)
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: `Store "${store}" has no gateway: its provider ${definition.provider} opens none`,
      remedy: "Name a store of Vault or OpenBao",
    });
  const { serveGateway } = await import("../local/serve-gateway.js");
  return serveGateway({
    gateway: definition.openGateway({ store, baseDirectory, environment }, { cache }),
    port,
    login,
    events,
  });
}

const NO_GATEWAY = {
  code: "SLU1201",
  kind: "usage",
  problem: "--gateway-cache has no gateway that it could be for",
  remedy: "Give --gateway too, or leave it out",
} as const;

async function readToken({ directory }: ModeContext, file: string): Promise<SecretValue> {
  const token = (await readTextFile(directory, file, `The token file ${file}`)).trim();
  if (token !== "") return SecretValue.fromText(token);
  throw new SluiceError({
    code: "SLU1102",
    kind: "configuration",
    problem: `The token file ${file} is empty`,
    remedy: "Write the token into it, or leave --dapr-token-file out",
  });
}
