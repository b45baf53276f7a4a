import type { ReferenceOutcome, SecretReference } from "@sluice/core";

/** In whose name stores are asked. */
export interface ObjectReaderIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Reads secrets for objects. Whoever makes one holds every reference against the access lists of its store, and takes
 * no lease: an object lives longer, and nobody would renew it.
 */
export interface ObjectReader {
  /**
   * What became of each reference, by its canonical form; a failure is an outcome.
   *
   * @throws the signal's reason
   */
  read(
    references: ReadonlyMap<string, SecretReference>,
    identity: ObjectReaderIdentity,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReferenceOutcome>>;
}
