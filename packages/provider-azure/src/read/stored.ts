import type { Failure, SecretRecord, SecretValue } from "@sluice/core";

/** A value, or why there is none; later, where something must be loaded or parsed first. */
type Given = SecretValue | Failure | Promise<SecretValue | Failure>;

/** What one read of the vault gave, ready to answer every request for it. */
export interface Stored {
  readonly record: Omit<SecretRecord, "value">;
  whole(): Given;
  field(name: string): Given;
}
