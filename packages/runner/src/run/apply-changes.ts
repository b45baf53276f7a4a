import { setTimeout as sleep } from "node:timers/promises";
import { type SecretResolver, SluiceError } from "@sluice/core";
import type { EnvironmentPlan } from "../environment/environment-plan.js";
import { referencesOf, resolveEnvironment } from "../environment/resolve-environment.js";
import type { SupervisedChild } from "../process/index.js";
import type { WatchMode } from "./watch-mode.js";

/** Secrets often change together: what comes within this time of the first change is one change, in ms. */
const SETTLE_MS = 250;

export interface ApplyChangesOptions {
  readonly child: SupervisedChild;
  readonly plan: EnvironmentPlan;
  readonly resolver: SecretResolver;
  readonly watch: WatchMode;
  readonly onNotice: (text: string) => void;
}

/** Watches a plan's secrets and acts on their changes until stopped. A failed reading leaves the command as it is. */
export function applyChanges(options: ApplyChangesOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const done = follow(options, stopped.signal).catch((thrown: unknown) => {
    if (!stopped.signal.aborted) options.onNotice(`no longer watching for changes: ${messageOf(thrown)}`);
  });
  return {
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

async function follow(options: ApplyChangesOptions, signal: AbortSignal): Promise<void> {
  const { plan, resolver, onNotice } = options;
  let applying: Promise<void> | undefined;
  const applyOnceSettled = async (): Promise<void> => {
    await sleep(SETTLE_MS, undefined, { signal });
    // A change from here on is not in what is read now, and is applied after it.
    applying = undefined;
    await apply(options, signal);
  };
  const report = (thrown: unknown): void => {
    if (!signal.aborted) onNotice(`the command keeps running as it is: ${messageOf(thrown)}`);
  };
  for await (const { reference, kind } of resolver.watch(referencesOf(plan), { signal })) {
    onNotice(`${reference} was ${kind}`);
    applying ??= applyOnceSettled().catch(report);
  }
}

async function apply(
  { child, plan, resolver, watch, onNotice }: ApplyChangesOptions,
  signal: AbortSignal,
): Promise<void> {
  switch (watch.kind) {
    case "restart": {
      const { env } = await resolveEnvironment(plan, resolver, { signal, fresh: true });
      onNotice("restarting the command with its new environment");
      await child.restart(env);
      return;
    }
    case "signal":
      onNotice(`sending ${watch.signal} to the command`);
      child.signal(watch.signal);
      return;
    case "none":
  }
}

function messageOf(thrown: unknown): string {
  if (SluiceError.isInstance(thrown)) return thrown.message;
  return thrown instanceof Error ? thrown.name : "unknown error";
}
