import { type EventBus, thrownName } from "@sluice/core";
import { type CallOptions, EventRecorder, type KubernetesClient } from "@sluice/kubernetes";
import type { GeneratorFailedEvent, Subject } from "../audit/generator-events.js";
import type { GeneratedOutcome } from "../secrets/secret-outcome.js";
import type { WantedSecret } from "../wanted/wanted-secret.js";
import { type ResourceReport, writeResourceStatus } from "./resource-status.js";

export interface NotesOptions {
  readonly client: KubernetesClient;
  readonly events: EventBus;
  /** Name of our pod. */
  readonly identity: string;
  readonly signal: AbortSignal;
}

/**
 * Tells pods and resources in the cluster what became of what they ask for: as events, and in the status of
 * resources. What cannot be told is told nobody, and nothing waits for it.
 */
export class Notes {
  readonly #options: NotesOptions;
  readonly #recorder: EventRecorder;
  readonly #underway = new Set<Promise<void>>();

  constructor(options: NotesOptions) {
    this.#options = options;
    this.#recorder = new EventRecorder(options.client, {
      controller: "sluice.dev/generator",
      instance: options.identity,
    });
  }

  /** What became of a secret. */
  outcome(
    { name, store, entries }: WantedSecret,
    subjects: readonly Subject[],
    outcome: GeneratedOutcome,
  ): void {
    const paths = entries.map(({ path }) => path);
    for (const subject of subjects) {
      if (outcome.status === "failed")
        this.#warn(subject, "SecretNotGenerated", `${outcome.message}. ${outcome.remedy}`);
      if (outcome.status === "created")
        this.#record(
          subject,
          "Normal",
          "SecretGenerated",
          `${name} was created in store ${store}: ${outcome.paths.join(", ")}`,
        );
      if (subject.kind === "GeneratedSecret") this.#report(subject, reportOf(outcome, store, paths));
    }
  }

  /** What a pod or a resource asks for and is not given. */
  problem(subject: Subject, message: string): void {
    this.#warn(subject, "NotGenerated", message);
    if (subject.kind === "GeneratedSecret")
      this.#report(subject, { ready: false, reason: "Refused", message, paths: [] });
  }

  /** Resolves when all is told. */
  async drain(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  #warn(subject: Subject, reason: string, note: string): void {
    this.#record(subject, "Warning", reason, note);
  }

  #record(regarding: Subject, type: "Normal" | "Warning", reason: string, note: string): void {
    this.#begin("event", async (call) => {
      await this.#recorder.record({ regarding, type, reason, action: "Generate", note }, call);
    });
  }

  #report(subject: Subject, report: ResourceReport): void {
    this.#begin("status", async (call) => writeResourceStatus(this.#options.client, subject, report, call));
  }

  #begin(what: GeneratorFailedEvent["what"], tell: (call: CallOptions) => Promise<void>): void {
    const { signal, events } = this.#options;
    const telling = tell({ signal, timeoutMs: 10_000 })
      .catch((thrown: unknown) => {
        if (!signal.aborted) events.emit("generator-failed", { what, errorName: thrownName(thrown) });
      })
      .finally(() => this.#underway.delete(telling));
    this.#underway.add(telling);
  }
}

function reportOf(outcome: GeneratedOutcome, store: string, paths: readonly string[]): ResourceReport {
  switch (outcome.status) {
    case "created":
      return { ready: true, reason: "Created", message: `It was created in store ${store}`, paths };
    case "exists":
      return { ready: true, reason: "Exists", message: `It is in store ${store}`, paths };
    case "failed":
      return {
        ready: false,
        reason: wordOf(outcome.reason),
        message: `${outcome.message}. ${outcome.remedy}`,
        paths: [],
      };
  }
}

/** A reason as Kubernetes wants it: one CamelCase word. */
function wordOf(reason: string): string {
  const word = reason
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
  return /^[A-Za-z]/.test(word) ? word : "Failed";
}
