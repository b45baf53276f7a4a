import type { SecretValue } from "../value/secret-value.js";
import type { ReferenceOutcome } from "./reference-outcome.js";
import type { RequestOptions } from "./resolver-options.js";

/** A watched reference has another value, or none any more. */
export interface SecretChange {
  /** The name or index it was given under. */
  readonly label: string;
  /** Canonical form. */
  readonly reference: string;
  /** `deleted` only on its store's own word. */
  readonly kind: "changed" | "deleted";
  readonly value?: SecretValue;
  readonly version?: string;
}

/** How secrets are followed. */
export interface WatchOptions extends Pick<RequestOptions, "identity" | "signal" | "traceparent"> {
  /** How often stores that cannot watch are looked at, in milliseconds; 30,000 by default. */
  readonly pollIntervalMs?: number;
  /**
   * What is in the caller's hands already, under the same names: what `settle` gave. What differs from it at the
   * first look is told, so that nothing is lost in between; and what was issued is not issued anew.
   */
  readonly known?: Readonly<Record<string, ReferenceOutcome>> | readonly ReferenceOutcome[];
}
