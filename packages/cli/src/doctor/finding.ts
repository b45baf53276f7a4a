import type { CheckFinding, ErrorKind } from "@sluice/core";

/** Something that doctor found out about a store. */
export interface Finding extends Omit<CheckFinding, "failure"> {
  readonly store: string;
  /** What sort of failure it is, which decides the exit code. */
  readonly kind?: ErrorKind;
}
