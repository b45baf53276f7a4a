import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { LoadedConfig } from "@sluice/config";
import { type EventBus, type SecretResolver, SluiceError, UnknownStoreError } from "@sluice/core";
import type { ModeContext } from "@sluice/mode";
import { readConfig } from "@sluice/mode/stores";
import type { ReadPod } from "../wanted/wanted.js";
import type { GenerateModeOptions } from "./generate-mode.js";

/** What generating needs of a configuration. Disposing it closes the resolver. */
export interface OpenGenerator extends AsyncDisposable {
  readonly config: LoadedConfig;
  readonly resolver: SecretResolver;
  readonly events: EventBus;
  readonly readPod: ReadPod;
  /** Different for every process. */
  readonly identity: string;
}

/** Loads the configuration. @throws ConfigError, and a `SluiceError` when nothing could be created with it. */
export async function openGenerator(
  context: ModeContext,
  path: string | undefined,
  { podReader = readNothing }: GenerateModeOptions,
): Promise<OpenGenerator> {
  const config = await readConfig(context, path);
  const { stores, baseDirectory, generate } = config;
  const names = Object.keys(stores);
  for (const store of [generate.store, ...(generate.access ?? []).flatMap((rule) => rule.stores ?? [])])
    if (store !== undefined && !names.includes(store)) throw new UnknownStoreError(store, names);
  if ((generate.access ?? []).length === 0)
    throw new SluiceError({
      code: "SLU1103",
      kind: "configuration",
      problem: "The configuration permits nothing to be generated",
      remedy:
        'Add to it who may have what created: generate: { access: [{ namespaces: [shop], paths: ["shop/**"] }] }',
    });
  const { environment, createEvents, createResolver } = context;
  const events = createEvents();
  const resolver = createResolver({
    ...config.resolver,
    cache: false,
    stores,
    baseDirectory,
    environment,
    events,
  });
  const store = generate.store ?? (names.length === 1 ? names[0] : undefined);
  return {
    config,
    resolver,
    events,
    readPod: await podReader({ ...generate, ...(store !== undefined && { store }) }),
    identity: `${hostname()}-${randomUUID().slice(0, 8)}-${process.pid}`,
    [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose](),
  };
}

async function readNothing(): Promise<ReadPod> {
  return Promise.resolve(() => ({ secrets: [], leases: [], problems: [] }));
}
