import { SluiceError, type RequestOptions } from "@sluice/core";
import { type FilesPlan, parsePlan, PLAN_VARIABLE, SOURCE_VARIABLE } from "@sluice/core/plan";
import { sourceReader, writeFiles, type WriteOptions } from "@sluice/init-writer";
import { parseSourceAddress } from "@sluice/protocol";
import type { ModeContext } from "@sluice/mode";
import { openStores } from "@sluice/mode/stores";
import { readFilesPlan } from "./read-files-plan.js";

/** What the command line says of a writing. */
export interface RunWriteOptions {
  /** Where the plan is, instead of the variable. */
  readonly file?: string;
  /** Where the pod's annotations are, as the downward API writes them. */
  readonly annotations?: string;
  readonly allow: readonly string[];
  /** Milliseconds. */
  readonly wait?: number;
  /** Seconds. */
  readonly retryDelay?: number;
  readonly config?: string;
  readonly request: Pick<RequestOptions, "timeoutMs">;
}

/** Writes the files of a plan, and tells how many. */
export async function runWrite(context: ModeContext, options: RunWriteOptions): Promise<void> {
  const plan = await readFilesPlan(context, options);
  const { reader, waitMs, ...open } = await openReader(context, plan, options);
  await using _ = open;
  const stop = new AbortController();
  // As PID 1 of a container it would not end otherwise.
  const onStop = (): void => stop.abort(STOPPED);
  for (const signal of SIGNALS) process.once(signal, onStop);
  try {
    const { count, changed } = await writeFiles({
      plan,
      reader,
      request: options.request,
      signal: stop.signal,
      ...(options.allow.length > 0 && { allowed: options.allow }),
      ...(waitMs !== undefined && { waitMs }),
      ...(options.retryDelay !== undefined && { retryDelayMs: options.retryDelay * 1000 }),
      onWait: ({ problem }, ms) =>
        context.output.note(`sluice: ${problem}; trying again in ${Math.ceil(ms / 1000)} s`),
    });
    const folders = plan.roots.join(", ");
    const what = `${count} ${count === 1 ? "file" : "files"} in ${folders}`;
    context.output.note(`sluice: ${changed.length > 0 ? "wrote" : "nothing changed:"} ${what}`);
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

/** Where values come from, and for how long that is waited for. */
async function openReader(
  context: ModeContext,
  files: FilesPlan,
  options: RunWriteOptions,
): Promise<Pick<WriteOptions, "reader" | "waitMs"> & AsyncDisposable> {
  const { [SOURCE_VARIABLE]: source, [PLAN_VARIABLE]: planText } = context.environment;
  const waitMs = options.wait;
  if (
    options.file !== undefined ||
    options.annotations !== undefined ||
    source === undefined ||
    source === ""
  ) {
    const { resolver, ...stores } = await openStores(context, options.config);
    return { ...stores, reader: resolver, ...(waitMs !== undefined && { waitMs }) };
  }
  const plan = parsePlan(planText ?? "");
  const { waitSeconds } = plan.source ?? {};
  return {
    reader: sourceReader({ address: parseSourceAddress(source), plan, planText: planText ?? "", files }),
    ...((waitMs !== undefined || waitSeconds !== undefined) && {
      waitMs: waitMs ?? (waitSeconds ?? 0) * 1000,
    }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
