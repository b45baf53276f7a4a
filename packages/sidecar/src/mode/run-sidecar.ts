import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig, type LoadedConfig } from "@sluice/config";
import { type EventBus, type SecretResolver, thrownName } from "@sluice/core";
import { STORES_VARIABLE } from "@sluice/core/plan";
import type { ModeContext } from "@sluice/mode";
import { readConfig } from "@sluice/mode/stores";
import { createLog, type Logger } from "@sluice/service";
import { createSidecar } from "../create-sidecar.js";
import { logSidecar } from "./log-sidecar.js";
import { readFilesPlan, readPlanIfAny } from "./read-files-plan.js";
import { serveLocally, servesLocally } from "./serve-locally.js";
import type { SidecarCommandOptions } from "./sidecar-command.js";

/**
 * How stores are asked: a try that fails is followed soon by another, so that files are up to date within seconds when
 * a store is back. The files are held, so nothing else is.
 */
const RESOLVER = {
  cache: false,
  retry: { attempts: 2, attemptTimeoutMs: 3_000, maxDelayMs: 1_000 },
} as const;

/** Keeps files until a signal asks it to stop, and then until leases are given back. */
export async function runSidecar(context: ModeContext, options: SidecarCommandOptions): Promise<void> {
  // Before anything takes time: as PID 1 a process hears only signals that it listens to.
  const over = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => over.abort(STOPPED));
  const { directory, output } = context;
  const log = createLog("sidecar", { write: (line: string) => output.print(line) }, options.logLevel);
  const plan = servesLocally(options)
    ? await readPlanIfAny(context, options)
    : await readFilesPlan(context, options);
  const config = await configOf(context, options);
  const events = context.createEvents();
  using _logged = logSidecar(events, log);
  const revoke = options.once === undefined && options.revoke;
  const resolver = openResolver(context, config, events, revoke);
  try {
    const sidecar = createSidecar({
      plan,
      resolver,
      events,
      refreshMs: options.refresh,
      waitMs: options.wait,
      ...(options.state !== undefined && { stateFolder: resolve(directory, options.state) }),
    });
    await untilStopped(over.signal, async (signal) => {
      await using _served = await serveManagement(options, events, resolver);
      await using _local = await serveLocally(context, options, config, { sidecar, resolver, events });
      await sidecar.start(signal);
      log.info({ files: plan.files.length }, "every file is written");
      if (options.once !== undefined) return;
      if (options.endWithPod !== undefined)
        endWithPod(context, options.endWithPod, options.container, over, log);
      await sidecar.follow(signal);
    });
    if (options.once === undefined) await sidecar.stop({ forget: revoke });
  } finally {
    await dispose(resolver, options, log);
  }
}

/** Lets the sidecar end with the app's containers; the client that this takes is loaded only then. */
function endWithPod(
  { environment }: ModeContext,
  pod: NonNullable<SidecarCommandOptions["endWithPod"]>,
  container: string,
  over: AbortController,
  log: Logger,
): void {
  const watching = (async () => {
    const [{ KubernetesClient }, { untilAppEnds }] = await Promise.all([
      import("@sluice/kubernetes"),
      import("./until-app-ends.js"),
    ]);
    using client = new KubernetesClient({ environment });
    await untilAppEnds(client, { ...pod, container }, over.signal, log);
    log.info("every other container has ended");
    over.abort(STOPPED);
  })();
  watching.catch((thrown: unknown) => {
    if (!over.signal.aborted) log.error({ error: thrownName(thrown) }, "the pod is not looked at any more");
  });
}

const STOPPED = new Error("The sidecar was told to stop");

/** To be told to stop is how it ends, whatever was under way. */
async function untilStopped(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  try {
    await work(signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function configOf(context: ModeContext, { config }: SidecarCommandOptions): Promise<LoadedConfig> {
  const { environment, providers, directory } = context;
  const text = environment[STORES_VARIABLE];
  if (config !== undefined || !text) return readConfig(context, config);
  return loadConfig({ providers, directory, inline: { text, name: STORES_VARIABLE } });
}

function openResolver(
  { environment, createResolver }: ModeContext,
  { stores, baseDirectory, resolver }: LoadedConfig,
  events: EventBus,
  revoke: boolean,
): SecretResolver {
  const settings = { ...RESOLVER, ...resolver, cache: false } as const;
  return createResolver({
    ...settings,
    stores,
    baseDirectory,
    environment,
    events,
    leases: { renew: true, revoke },
  });
}

/** Metrics are loaded only where they are asked for. */
async function serveManagement(
  { management }: SidecarCommandOptions,
  events: EventBus,
  resolver: SecretResolver,
): Promise<AsyncDisposable> {
  if (management === undefined) return { [Symbol.asyncDispose]: async () => undefined };
  const [{ SidecarMetrics }, { openManagement }] = await Promise.all([
    import("../metrics/index.js"),
    import("@sluice/service"),
  ]);
  const metrics = new SidecarMetrics(events, resolver);
  let isReady = false;
  events.on("files-written", () => (isReady = true));
  const notReady = (): string | undefined => (isReady ? undefined : "The files are not written yet");
  const served = await openManagement(management, { registry: metrics.registry, notReady });
  return {
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      metrics[Symbol.dispose]();
    },
  };
}

/** Gives leases back, as long as there is time for it. */
async function dispose(
  resolver: SecretResolver,
  { grace }: SidecarCommandOptions,
  log: Logger,
): Promise<void> {
  const given = Symbol("given");
  const enough = new AbortController();
  const late = sleep(grace, undefined, { signal: enough.signal }).catch(() => undefined);
  const disposed = resolver[Symbol.asyncDispose]().then(() => given);
  if ((await Promise.race([disposed, late])) !== given) log.warn("not every lease was given back in time");
  enough.abort();
}
