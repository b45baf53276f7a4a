import type { Failure, SecretRecord } from "@sluice/core";

/** What secrets, certificates and keys have in common. */
export interface ObjectProperties {
  readonly version?: string;
  readonly enabled?: boolean;
  readonly notBefore?: Date;
  readonly expiresOn?: Date;
  readonly createdOn?: Date;
  readonly updatedOn?: Date;
  readonly contentType?: string;
  /** What a listing tells of this state of the object, if it can: `stampOf`. */
  readonly stamp?: string;
}

/**
 * Why an object must not be used, if it must not. Key Vault refuses a disabled one itself, but still gives one
 * outside the time it is valid in.
 */
export function unusable(
  { enabled, notBefore, expiresOn }: ObjectProperties,
  now: number,
): Failure | undefined {
  if (enabled === false)
    return {
      status: "disabled",
      reason: "disabled",
      message: "is disabled",
      remedy: "Enable it in the vault, or name another version",
    };
  if (notBefore !== undefined && notBefore.getTime() > now)
    return {
      status: "disabled",
      reason: "not-yet-valid",
      message: `is not valid before ${notBefore.toISOString()}`,
      remedy: "Wait, or correct its activation date in the vault",
    };
  if (expiresOn !== undefined && expiresOn.getTime() <= now)
    return {
      status: "expired",
      reason: "expired",
      message: `expired at ${expiresOn.toISOString()}`,
      remedy: "Set a new version in the vault, or correct its expiration date",
    };
  return undefined;
}

/** What a record tells besides its value. */
export function recordOf({
  stamp,
  version,
  createdOn,
  updatedOn,
  expiresOn,
  contentType,
}: ObjectProperties): Omit<SecretRecord, "value"> {
  return {
    ...(version !== undefined && { version }),
    ...(stamp !== undefined && { etag: stamp }),
    ...(createdOn && { createdAt: createdOn.getTime() }),
    ...(updatedOn && { updatedAt: updatedOn.getTime() }),
    ...(expiresOn && { expiresAt: expiresOn.getTime() }),
    ...(contentType !== undefined && { contentType }),
  };
}
