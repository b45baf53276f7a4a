import { SecretValue, type Failure, type SecretRecord } from "@sluice/core";
import { WITHOUT_VALUE } from "../failure/failures.js";

/** A version of a secret, as AWS answers with it. */
export interface SecretAnswer {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
  readonly VersionId?: string | undefined;
  readonly CreatedDate?: Date | undefined;
}

/** The secret's text, or its bytes. Its date is that of the version, and so when the value was last changed. */
export function recordOf(answer: SecretAnswer): SecretRecord | Failure {
  const value = valueOf(answer);
  if (!value) return WITHOUT_VALUE;
  const { VersionId, CreatedDate } = answer;
  return {
    value,
    ...(VersionId !== undefined && { version: VersionId }),
    ...(CreatedDate && { updatedAt: CreatedDate.getTime() }),
  };
}

function valueOf({ SecretString, SecretBinary }: SecretAnswer): SecretValue | undefined {
  if (SecretString !== undefined) return SecretValue.fromText(SecretString);
  return SecretBinary && SecretValue.fromBytes(SecretBinary);
}
