import type { SecretProvider, StoreDefinition } from "@sluice/core";
import { contextOf } from "../harness/context.js";
import { requestOf, type RequestParts } from "../harness/request-of.js";
import type { Trial } from "../harness/trial.js";
import type { Subject } from "../subject.js";
import { canary } from "./canary.js";

/** Notes what is answered and thrown on a tour. */
export class TourLog {
  readonly values: string[] = [];
  readonly answers: object[] = [];
  readonly thrown: unknown[] = [];
  readonly providers: SecretProvider[] = [];
  readonly trial: Trial;
  readonly provider: SecretProvider;

  constructor(trial: Trial) {
    this.trial = trial;
    this.provider = this.open();
  }

  get subject(): Subject {
    return this.trial.subject;
  }

  /** A new value to be looked for. */
  value(): string {
    const value = canary();
    this.values.push(value);
    return value;
  }

  open(store?: StoreDefinition): SecretProvider {
    const { provider } = this.trial.open(store);
    this.providers.push(provider);
    return provider;
  }

  /** Writes a secret with a new value; its path. */
  async plant(label: string): Promise<string> {
    const { path } = await this.trial.plant(label, this.value());
    return path;
  }

  /** Notes what a verb answers, or what it rejects with. */
  async note<Answer>(call: () => Promise<Answer> | undefined): Promise<Answer | undefined> {
    try {
      const answer = await call();
      const answers: unknown[] = Array.isArray(answer) ? answer : [answer];
      for (const each of answers) if (typeof each === "object" && each !== null) this.answers.push(each);
      return answer;
    } catch (error) {
      this.thrown.push(error);
      return undefined;
    }
  }

  /** Reads one path. */
  async read(provider: SecretProvider, path: string, parts?: RequestParts): Promise<void> {
    await this.note(async () => provider.resolve([requestOf(path, parts)], contextOf()));
  }
}
