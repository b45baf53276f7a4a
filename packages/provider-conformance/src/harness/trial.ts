import assert from "node:assert";
import type { ProviderDependencies, SecretOutcome, StoreDefinition } from "@sluice/core";
import { canary } from "../secrecy/canary.js";
import type { Subject } from "../subject.js";
import { createProvider } from "./create-provider.js";
import { expectContent } from "./expectations.js";
import { outcomeOf, Probe } from "./probe.js";
import { requestOf } from "./request-of.js";

/** A secret of the subject. */
export interface Planted {
  readonly path: string;
  readonly text: string;
}

/** One requirement's test of one subject. Disposes of the providers it opened. */
export class Trial<Tested extends Subject = Subject> implements AsyncDisposable {
  readonly subject: Tested;
  readonly #opened: Probe[] = [];
  #probe: Probe | undefined;

  constructor(subject: Tested) {
    this.subject = subject;
  }

  /** The provider of the store under test. */
  get probe(): Probe {
    this.#probe ??= this.open();
    return this.#probe;
  }

  /** Another provider; of the store under test by default. */
  open(store?: StoreDefinition, more?: Partial<ProviderDependencies>): Probe {
    const probe = new Probe(createProvider(this.subject, store, more), this.subject.field);
    this.#opened.push(probe);
    return probe;
  }

  /** Most requests of a call; at least 1 whatever is declared. */
  get batchSize(): number {
    return Math.max(1, this.subject.store.capabilities.batchSize);
  }

  /** Writes a secret that nobody can guess. */
  async plant(label = "secret", text: string = canary()): Promise<Planted> {
    const path = this.subject.path(label);
    await this.subject.write(path, text);
    return { path, text };
  }

  /** Reads in batches as large as may be; one outcome a path, in their order. */
  async readAll(paths: readonly string[]): Promise<readonly SecretOutcome[]> {
    const requests = paths.map((path, index) => requestOf(path, { id: `${index}` }));
    const outcomes: SecretOutcome[] = [];
    for (let at = 0; at < requests.length; at += this.batchSize)
      outcomes.push(...(await this.probe.resolve(requests.slice(at, at + this.batchSize))));
    return requests.map(({ id }) => outcomeOf(outcomes, id));
  }

  /** What was found must be this content of {@link plant}, or of `put`. */
  expectContent(outcome: SecretOutcome | undefined, content: string | Uint8Array, what = "the secret"): void {
    assert.ok(outcome, `${what} has no outcome`);
    expectContent(outcome, what, content, this.subject.field);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { provider } of this.#opened) await provider[Symbol.asyncDispose]?.();
  }
}
