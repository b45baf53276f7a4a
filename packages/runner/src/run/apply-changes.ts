import { setTimeout as sleep } from "node:timers/promises";
import {
  type ReferenceOutcome,
  type SecretChange,
  type SecretResolver,
  SluiceError,
  thrownName,
} from "@sluice/core";
import type { EnvironmentPlan } from "../environment/environment-plan.js";
import { fillEnvironment, type ReadReference, referencesOf } from "../environment/resolve-environment.js";
import type { SupervisedChild } from "../process/index.js";
import type { WatchMode } from "./watch-mode.js";

/** Secrets often change together: what comes within this time of the first change is one change, in ms. */
const SETTLE_MS = 250;

export interface ApplyChangesOptions {
  readonly child: SupervisedChild;
  readonly plan: EnvironmentPlan;
  /** What the command was started with. */
  readonly outcomes: Readonly<Record<string, ReferenceOutcome>>;
  readonly resolver: SecretResolver;
  readonly watch: WatchMode;
  readonly onNotice: (text: string) => void;
}

/**
 * Watches a plan's secrets and acts on their changes until stopped: on all since the command's were read. A state that
 * no environment can be made of leaves the command as it is.
 */
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
  const { plan, outcomes: known, resolver, onNotice } = options;
  const latest: Record<string, ReadReference> = { ...known };
  let applying: Promise<void> | undefined;
  const applyOnceSettled = async (): Promise<void> => {
    await sleep(SETTLE_MS, undefined, { signal });
    // A change from here on is not in the environment made now, and is applied after it.
    applying = undefined;
    await apply(options, latest);
  };
  const report = (thrown: unknown): void => {
    if (!signal.aborted) onNotice(`the command keeps running as it is: ${messageOf(thrown)}`);
  };
  for await (const change of resolver.watch(referencesOf(plan), { signal, known })) {
    onNotice(`${change.reference} was ${change.kind}`);
    // Not read again: whatever issues would issue another.
    latest[change.label] = outcomeOf(change);
    applying ??= applyOnceSettled().catch(report);
  }
}

function outcomeOf({ value }: SecretChange): ReadReference {
  return value === undefined ? DELETED : { status: "found", value };
}

const DELETED: ReadReference = {
  status: "not-found",
  reason: "deleted",
  message: "is not there any more",
  remedy: "Write it anew, or take it out of the command's environment",
};

async function apply(
  { child, plan, watch, onNotice }: ApplyChangesOptions,
  latest: Readonly<Record<string, ReadReference>>,
): Promise<void> {
  switch (watch.kind) {
    case "restart": {
      const { env } = fillEnvironment(plan, latest);
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
  return thrownName(thrown);
}
