import { ResolutionError } from "@sluice/core";
import { type Describe, inSpan } from "@sluice/core/telemetry";
import type { PlannedFile } from "@sluice/core/plan";
import { PublishError } from "@sluice/files";
import { followSecrets } from "./files/followed-secrets.js";
import { HeldSecrets } from "./files/held-secrets.js";
import { KeptFiles } from "./files/kept-files.js";
import { type SharedReader, sharedReader } from "./files/shared-reader.js";
import { Notifier } from "./notify/notifier.js";
import { SIDECAR_DEFAULTS, type SidecarOptions } from "./sidecar-options.js";
import { StateFolder } from "./state/state-folder.js";
import { Inbox } from "./util/inbox.js";
import { pause } from "./util/pause.js";
import { waitForStores } from "./wait-for-stores.js";

/** Keeps the files of a plan. */
export interface Sidecar {
  /** Reads for others beside the files: what is in these comes from the same reading, so that there is one lease. */
  readonly reader: SharedReader;
  /** Why not everything is there yet. */
  notReady(): string | undefined;
  /**
   * Writes every file, waiting for stores that are away, and is ready then. Takes over what a run before it left.
   *
   * @throws ResolutionError when a secret cannot be had, or its store was away for too long.
   * @throws PublishError when the files cannot be written.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Keeps the files fresh, and tells apps of changes, until the signal aborts: it settles then. */
  follow(signal: AbortSignal): Promise<void>;
  /** Is ready no more. `forget` where leases are given back afterwards: nothing is left to whoever comes next. */
  stop(options?: { readonly forget?: boolean }): Promise<void>;
}

/** Pause for further changes before files are made anew, in milliseconds. */
const GATHER_MS = 100;

/** Pause before files that could not be made are tried again, in milliseconds. */
const AGAIN_MS = { least: 2_000, most: 4_000 } as const;

const SPAN = { scope: "@sluice/sidecar", labels: [] };

/** Wires a sidecar. Nothing is read before {@link Sidecar.start}. */
export function createSidecar(options: SidecarOptions): Sidecar {
  const { plan, resolver, events } = options;
  const { refreshMs = SIDECAR_DEFAULTS.refreshMs, waitMs = SIDECAR_DEFAULTS.waitMs } = options;
  const secrets = new HeldSecrets(resolver);
  const files = new KeptFiles(plan, secrets, options.render);
  let isReady = false;
  const state = options.stateFolder === undefined ? undefined : new StateFolder(options.stateFolder);

  async function start(signal: AbortSignal): Promise<void> {
    await state?.takeOver(resolver, secrets);
    await waitForStores(async () => files.remake(plan.files, signal), { waitMs, events, signal });
    await files.publish(signal);
    events.emit("files-written", { files: plan.files.map(({ path }) => path) });
    await state?.leave(resolver, secrets);
    await state?.setReady();
    isReady = true;
  }

  /** Makes files anew and publishes them. What stays to be done: files that could not be made, or everything. */
  async function bringUpToDate(
    stale: readonly PlannedFile[],
    notifier: Notifier,
    signal: AbortSignal,
    describe: Describe,
  ): Promise<readonly PlannedFile[]> {
    let left: readonly PlannedFile[] = [];
    try {
      await files.remake(stale, signal);
    } catch (thrown) {
      if (!ResolutionError.isInstance(thrown)) throw thrown;
      describe({ "error.type": thrown.code });
      left = stale.filter(({ path }) =>
        thrown.failures.some(({ label }) => label === path || label.startsWith(`${path} (`)),
      );
      events.emit("files-not-written", { files: left.map(({ path }) => path), problem: thrown.problem });
    }
    try {
      const changed = await files.publish(signal);
      describe({
        "sluice.sidecar.files.changed": changed.length,
        "sluice.sidecar.files.failed": left.length,
      });
      if (changed.length > 0) events.emit("files-written", { files: changed.map(({ path }) => path) });
      for (const { path, notify = [] } of changed) notifier.changed(path, notify);
    } catch (thrown) {
      if (!PublishError.isInstance(thrown)) throw thrown;
      events.emit("files-not-written", { files: stale.map(({ path }) => path), problem: thrown.problem });
      describe({ "sluice.sidecar.files.failed": stale.length, "error.type": thrown.code });
      return stale;
    }
    // What was issued for others stays, as long as it lives.
    const issued = resolver.leases.held().flatMap(({ references }) => references);
    secrets.retain(new Set([...files.references, ...issued]));
    await state?.leave(resolver, secrets);
    return left;
  }

  async function follow(signal: AbortSignal): Promise<void> {
    await using notifier = new Notifier({ ...options.notifier, events });
    const changes = new Inbox<string>();
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    // A lease that was renewed has another end, which whoever comes next should know.
    using _renewed = events.on("lease-renewed", async () => state?.leave(resolver, secrets));
    // Of the files' own that is told by following them.
    using _lost = events.on("lease-lost", ({ references }) => {
      for (const reference of references) if (!files.references.has(reference)) secrets.delete(reference);
    });
    let watched: ReadonlySet<string> = new Set();
    let watch = new AbortController();
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);

    function watchAll(): void {
      const { references } = files;
      if (references.size === watched.size && Array.from(references).every((name) => watched.has(name)))
        return;
      watch.abort();
      watch = new AbortController();
      watched = references;
      const following = { resolver, secrets, refreshMs, onChange: (name: string) => changes.put(name) };
      followSecrets(references, following, AbortSignal.any([until, watch.signal])).catch(failed.reject);
    }

    async function work(): Promise<void> {
      let left: readonly PlannedFile[] = [];
      for (;;) {
        watchAll();
        const again = AGAIN_MS.least + Math.random() * (AGAIN_MS.most - AGAIN_MS.least);
        await changes.wait(until, left.length > 0 ? again : undefined);
        await pause(GATHER_MS, until);
        const stale = new Set([...left, ...files.readersOf(changes.take())]);
        left = await inSpan(
          "sluice.sidecar.refresh",
          { "sluice.sidecar.files": stale.size },
          async (describe) => bringUpToDate(Array.from(stale), notifier, until, describe),
          SPAN,
        );
      }
    }

    try {
      await Promise.race([work(), failed.promise]);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      over.abort();
      watch.abort();
    }
  }

  return {
    start,
    follow,
    reader: sharedReader(secrets, resolver, {
      followed: () => files.references,
      onIssued: async () => state?.leave(resolver, secrets),
    }),
    notReady: () => (isReady ? undefined : "The files are not written yet"),
    stop: async ({ forget = false } = {}) => {
      isReady = false;
      await state?.setNotReady();
      if (forget) await state?.forget();
    },
  };
}
