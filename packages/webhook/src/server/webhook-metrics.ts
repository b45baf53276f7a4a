import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LookupOutcome } from "../lookups/create-cluster-lookups.js";
import type { AdmissionObserver, Review } from "./admission-observer.js";
import { outcomeOf } from "./outcome-of.js";

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BYTES = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144];
const KINDS = new Set(["ConfigMap", "Secret", "Namespace", "AzureKeyVaultSecret"]);

/** Metrics of a webhook. Labels are words from our own lists: nothing that is asked makes a new one. */
export class WebhookMetrics implements AdmissionObserver, Disposable {
  readonly registry: Registry = new Registry();
  readonly #admissions = this.#counter("admissions_total", "Reviews by what became of them", [
    "operation",
    "outcome",
    "dialect",
  ]);
  readonly #lookups = this.#counter("lookups_total", "Objects looked up", ["kind", "outcome"]);
  readonly #malformed = this.#counter("malformed_total", "Requests that are no reviews", []);
  readonly #faults = this.#counter("faults_total", "Reviews that failed inside the webhook", []);
  readonly #connections = this.#counter("connections_refused_total", "Refused connections", ["reason"]);
  readonly #reloads = this.#counter("reloads_total", "Settings and certificates read again", [
    "what",
    "outcome",
  ]);
  readonly #seconds = this.#histogram("admission_seconds", "Time to answer a review", SECONDS, ["operation"]);
  readonly #patches = this.#histogram("patch_bytes", "Size of patches", BYTES, []);

  /** @param certificateEndsAt - When the served certificate ends, in milliseconds since the epoch. */
  constructor(certificateEndsAt: () => number | undefined = () => undefined) {
    const gauge: Gauge = new Gauge({
      name: "sluice_webhook_certificate_end_seconds",
      help: "When the served certificate ends, Unix time",
      registers: [this.registry],
      collect: (): void => gauge.set((certificateEndsAt() ?? 0) / 1000),
    });
    collectDefaultMetrics({ register: this.registry });
  }

  answered({ operation, answer, patchBytes, durationMs }: Review): void {
    const outcome = outcomeOf(answer);
    const dialect = (answer.dialects ?? []).join("+") || "none";
    this.#admissions.inc({ operation, outcome, dialect });
    this.#seconds.observe({ operation }, durationMs / 1000);
    if (patchBytes > 0) this.#patches.observe(patchBytes);
  }

  malformed(): void {
    this.#malformed.inc();
  }

  failed(): void {
    this.#faults.inc();
  }

  lookedUp(kind: string, outcome: LookupOutcome): void {
    this.#lookups.inc({ kind: KINDS.has(kind) ? kind : "other", outcome });
  }

  connectionRefused(reason: string): void {
    this.#connections.inc({ reason });
  }

  reloaded(what: "settings" | "certificate", outcome: "ok" | "failed"): void {
    this.#reloads.inc({ what, outcome });
  }

  [Symbol.dispose](): void {
    this.registry.clear();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `sluice_webhook_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[],
  ): Histogram<Label> {
    return new Histogram({
      name: `sluice_webhook_${name}`,
      help,
      buckets,
      labelNames,
      registers: [this.registry],
    });
  }
}
