import { existsSync } from "node:fs";
import { type RequestOptions, SluiceError } from "@sluice/core";
import { type KeesReading, keesPaths, parseKeesPod, type StoredAs, writeKees } from "@sluice/kees";
import type { ModeContext } from "@sluice/mode";
import { openStores, readTextFile } from "@sluice/mode/stores";

/** What the command line says beside the variables that kees knows. */
export interface RunKeesOptions {
  readonly config?: string;
  /** Folders that may be written; any where there are none. */
  readonly allow: readonly string[];
  /** Seconds, instead of `RETRY_DELAY`. */
  readonly retryDelay?: number;
  readonly request: Pick<RequestOptions, "timeoutMs">;
}

/**
 * Does what the init container of kees does, by the variables that it knows: writes what the annotations of the pod
 * ask for, all or nothing. Ends with 1 on every failure, as kees does.
 */
export async function runKees(context: ModeContext, options: RunKeesOptions): Promise<void> {
  try {
    await writeFor(context, options);
  } catch (thrown) {
    await context.report(thrown, "; nothing was written");
    context.exitWith(1);
  }
}

async function writeFor(context: ModeContext, options: RunKeesOptions): Promise<void> {
  const { environment, output } = context;
  const retryDelayMs =
    options.retryDelay === undefined ? secondsOf(environment["RETRY_DELAY"]) : options.retryDelay * 1000;
  const storedAs = storedAsOf(environment["KEES_STORED_AS"]);
  const paths = keesPaths(environment, existsSync);
  const text = await readTextFile("/", paths.annotations, `The file of annotations ${paths.annotations}`);
  const annotations = parseKeesPod(paths.annotations, text, environment["ANNOTATION_DOMAIN"] || undefined);
  await using stores = annotations.mode === "local" ? NO_STORES : await storesFor(context, options);
  const stop = new AbortController();
  // As PID 1 of a container it would not end otherwise.
  const onStop = (): void => stop.abort(STOPPED);
  for (const signal of SIGNALS) process.once(signal, onStop);
  try {
    const written = await writeKees({
      annotations,
      paths,
      storedAs,
      ...readingOf(environment),
      reader: stores.reader,
      request: options.request,
      ...(options.allow.length > 0 && { allowed: options.allow }),
      signal: stop.signal,
      ...(retryDelayMs !== undefined && { retryDelayMs }),
      onRetry: ({ failures }) =>
        output.note(
          `sluice: ${failures.length} of the annotations cannot be given yet; trying once more in ${(retryDelayMs ?? 0) / 1000} s`,
        ),
    });
    for (const name of written.empty)
      output.note(
        `sluice: warning: ${name} is empty: in local mode its annotation needs a size or a localModeValue`,
      );
    output.note(`sluice: wrote ${written.values} values to ${written.paths.join(", ")}`);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onStop);
  }
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

const STOPPED = new SluiceError({
  code: "SLU4101",
  kind: "unavailable",
  problem: "It was told to stop before files were written",
  remedy: "Start it again",
});

type Stores = Pick<KeesReading, "reader"> & AsyncDisposable;

/** In local mode nothing is read. */
const NO_STORES: Stores = {
  reader: { settle: async () => Promise.reject(new Error("Local mode reads no store")) },
  [Symbol.asyncDispose]: async () => undefined,
};

/** Name of the store where nothing says another; the same as for references to ARNs. */
const STORE = "aws-ssm";

/** Region that kees asks where nothing says another. */
const REGION = "ap-southeast-2";

function readingOf({
  KEES_STORE: store,
  KEES_STORE_KEY: key,
  POD_NAME: podName,
}: ModeContext["environment"]): Pick<KeesReading, "store" | "key" | "podName"> {
  return { store: store || STORE, ...(key && { key }), ...(podName && { podName }) };
}

/** The configured stores; without a configuration Parameter Store, as kees' variables say where it is. */
async function storesFor(context: ModeContext, { config }: RunKeesOptions): Promise<Stores> {
  const { environment, directory } = context;
  if (config !== undefined || environment["SLUICE_CONFIG"]) {
    const stores = await openStores(context, config);
    return { reader: stores.resolver, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
  }
  const { ssm } = await import("@sluice/provider-ssm");
  const {
    AWS_REGION,
    AWS_DEFAULT_REGION,
    AWS_ENDPOINT: endpoint,
    AWS_STS_ENDPOINT: stsEndpoint,
  } = environment;
  const region = AWS_REGION || AWS_DEFAULT_REGION || REGION;
  const store = ssm({ region, ...(endpoint && { endpoint }), ...(stsEndpoint && { stsEndpoint }) });
  const resolver = context.createResolver({
    stores: { [environment["KEES_STORE"] || STORE]: store },
    baseDirectory: directory,
    environment,
  });
  return { reader: resolver, [Symbol.asyncDispose]: () => resolver[Symbol.asyncDispose]() };
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,5}$/.test(text)) return Number(text) * 1000;
  throw wrong("RETRY_DELAY is no number of seconds", "Write whole seconds, such as RETRY_DELAY=5");
}

function storedAsOf(text: string | undefined): StoredAs {
  if (text === undefined || text === "" || text === "base64") return "base64";
  if (text === "plain") return text;
  throw wrong(
    "KEES_STORED_AS is neither base64 nor plain",
    "Say how the store holds values, or leave it out",
  );
}

function wrong(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1103", kind: "configuration", problem, remedy });
}
