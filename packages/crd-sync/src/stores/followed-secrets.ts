import { createHmac, type KeyObject } from "node:crypto";
import { formatReference, type ReferenceOutcome, type SecretReference, type Stamp } from "@sluice/core";
import type { Counted } from "./census.js";

interface Followed {
  /** Its canonical form, once for all who want it. */
  readonly label: string;
  readonly reference: SecretReference;
  readonly users: Set<string>;
  stamp?: Stamp;
  fingerprint?: string;
  status?: ReferenceOutcome["status"];
  wasFound: boolean;
  acceptedAt?: number;
}

/** Outcomes that say nothing about a secret: it is as it was seen last. */
const PASSING: ReadonlySet<string> = new Set(["unavailable", "throttled", "conflict"]);

/** Whether an outcome tells nothing of the secret, but that its store did not answer. */
export function tellsNothing({ status }: Pick<ReferenceOutcome, "status">): boolean {
  return PASSING.has(status);
}

/** The references that syncs want of one store, who wants them, and what they were seen with last. No value. */
export class FollowedSecrets {
  readonly #byLabel = new Map<string, Followed>();
  readonly #labelsOf = new Map<string, readonly string[]>();

  /** @param key tells one value from another; it never leaves the process */
  constructor(private readonly key: KeyObject) {}

  get size(): number {
    return this.#byLabel.size;
  }

  /** References by their canonical form. */
  references(): ReadonlyMap<string, SecretReference> {
    return new Map(Array.from(this.#byLabel, ([label, { reference }]) => [label, reference]));
  }

  stampOf(label: string): Stamp | undefined {
    return this.#byLabel.get(label)?.stamp;
  }

  usersOf(label: string): ReadonlySet<string> {
    return this.#byLabel.get(label)?.users ?? new Set();
  }

  /** From now on the user wants these. Whether that are others, all in all, than before. */
  want(user: string, references: readonly SecretReference[], foundBefore: ReadonlySet<string>): boolean {
    const labels = new Set<string>();
    let isOther = false;
    for (const reference of references) {
      const label = formatReference(reference);
      let followed = this.#byLabel.get(label);
      if (followed === undefined) {
        followed = { label, reference, users: new Set(), wasFound: false };
        this.#byLabel.set(label, followed);
        isOther = true;
      }
      labels.add(followed.label);
      followed.users.add(user);
      if (foundBefore.has(label)) followed.wasFound = true;
    }
    for (const label of this.#labelsOf.get(user) ?? [])
      if (!labels.has(label) && this.#leave(user, label)) isOther = true;
    if (labels.size > 0) this.#labelsOf.set(user, Array.from(labels));
    else this.#labelsOf.delete(user);
    return isOther;
  }

  /** Notes what became of a reference. Whether it is another outcome than before. */
  see(outcome: ReferenceOutcome): boolean {
    const followed = this.#byLabel.get(outcome.reference);
    if (followed === undefined || tellsNothing(outcome)) return false;
    const { status, fingerprint } = followed;
    followed.status = outcome.status;
    delete followed.stamp;
    if (outcome.status === "found") {
      const { version, etag, value } = outcome;
      followed.stamp = { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
      followed.fingerprint = createHmac("sha256", this.key).update(value.bytes()).digest("base64");
      followed.wasFound = true;
      delete followed.acceptedAt;
    }
    return status !== followed.status || fingerprint !== followed.fingerprint;
  }

  /** That these are gone was taken for meant. */
  accept(labels: Iterable<string>, now: number): void {
    for (const label of labels) {
      const followed = this.#byLabel.get(label);
      if (followed !== undefined) followed.acceptedAt ??= now;
    }
  }

  *counted(): Generator<Counted, void, undefined> {
    for (const { reference, status, wasFound, acceptedAt } of this.#byLabel.values())
      yield {
        path: reference.path,
        wasFound,
        isGone: status === "not-found",
        ...(acceptedAt !== undefined && { acceptedAt }),
      };
  }

  #leave(user: string, label: string): boolean {
    const followed = this.#byLabel.get(label);
    if (followed === undefined) return false;
    followed.users.delete(user);
    return followed.users.size === 0 && this.#byLabel.delete(label);
  }
}
