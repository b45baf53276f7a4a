import { setTimeout as pause } from "node:timers/promises";
import { type RequestOptions, SecretValue, SluiceError } from "@sluice/core";
import { type FilesPlan, refuseRoots } from "@sluice/core/plan";
import {
  type Publication,
  publishFiles,
  type RenderedFiles,
  renderFiles,
  type SecretReader,
} from "@sluice/files";
import { answerFor } from "./answer-for.js";

/** What a writer is to do. */
export interface WriteOptions {
  readonly plan: FilesPlan;
  readonly reader: SecretReader;
  /** Folders that may be written, and what is below them; any by default. */
  readonly allowed?: readonly string[];
  /** How long to wait for what is away, in milliseconds; 300,000 by default. */
  readonly waitMs?: number;
  /** Tries once more after so many milliseconds, whatever failed; by default what waiting cannot mend fails at once. */
  readonly retryDelayMs?: number;
  readonly request?: Omit<RequestOptions, "signal">;
  readonly signal?: AbortSignal;
  /** Told of what is waited for; never a value. */
  readonly onWait?: (error: SluiceError, ms: number) => void;
}

/** What was written. */
export interface Written extends Publication {
  /** Files that are there now. */
  readonly count: number;
}

/**
 * Writes the files of a plan, all or none. What is away is waited for with full jitter, up to the deadline; anything else
 * ends it at once.
 *
 * @throws PlanError when the plan writes where it must not.
 * @throws ResolutionError that lists every failure; or what the reader rejects with.
 * @throws PublishError when files cannot be written.
 */
export async function writeFiles(options: WriteOptions): Promise<Written> {
  const { plan, allowed, retryDelayMs, signal } = options;
  if (allowed !== undefined) refuseRoots(plan, allowed);
  let rendered: RenderedFiles;
  try {
    rendered = await waitFor(options);
  } catch (thrown) {
    if (retryDelayMs === undefined || !SluiceError.isInstance(thrown)) throw thrown;
    options.onWait?.(thrown, retryDelayMs);
    await pause(retryDelayMs, undefined, signalOf(signal));
    rendered = await render(options);
  }
  const { changed } = await publishFiles(rendered, signalOf(signal));
  return { changed, count: rendered.files.length };
}

async function waitFor(options: WriteOptions): Promise<RenderedFiles> {
  const { waitMs = 300_000, onWait, signal } = options;
  const deadline = performance.now() + waitMs;
  for (let tries = 0; ; tries += 1)
    try {
      return await render(options);
    } catch (thrown) {
      const left = deadline - performance.now();
      if (!mayPass(thrown) || left <= 0) throw thrown;
      const ms = Math.ceil(Math.random() * Math.min(left, MOST_MS, FIRST_MS * 2 ** tries));
      onWait?.(thrown, ms);
      await pause(ms, undefined, signalOf(signal));
    }
}

/** Bounds of a pause: docs/spec/protocol-v1.md, 4.2. */
const FIRST_MS = 500;
const MOST_MS = 140_000;

/** Whether it is an outage: what is denied or missing stays so. */
function mayPass(thrown: unknown): thrown is SluiceError {
  return SluiceError.isInstance(thrown) && (thrown.kind === "unavailable" || thrown.kind === "deadline");
}

async function render({ plan, reader, request, signal }: WriteOptions): Promise<RenderedFiles> {
  const within = { ...request, ...signalOf(signal) };
  return await renderFiles(plan, reader, {
    request: within,
    answerEnvironment: async (wanted, known) => SecretValue.fromText(await answerFor(wanted, known, within)),
  });
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
