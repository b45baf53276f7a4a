import type { Failure, SecretRecord, SecretValue } from "@sluice/core";

/** What one read of the vault gave, ready to answer every request for it. */
export interface Stored {
  readonly record: Omit<SecretRecord, "value">;
  whole(): SecretValue | Failure;
  field(name: string): SecretValue | Failure;
}
