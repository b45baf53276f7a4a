import { failureOfReply } from "../failure/failure-of-reply.js";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { apiPath, type Mount } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";
import { numberIn, objectIn, textIn, timeIn, type VaultReply } from "../transport/vault-reply.js";

/** The last version of a secret in an engine of version 2. */
export interface CurrentVersion {
  readonly number: number;
  /** Its value can be read: it was neither deleted nor destroyed. */
  readonly stands: boolean;
  readonly updatedAt?: number;
  readonly expiresAt?: number;
}

/** Asks for the last version without reading its value; `undefined` for a secret that never was, or is wholly gone. */
export async function currentVersion(
  ask: Ask,
  mount: Mount,
  below: string,
  signal: AbortSignal,
): Promise<CurrentVersion | undefined> {
  const reply = await ask({ method: "GET", path: apiPath(mount, below, "metadata"), signal });
  if (reply.status === 200) return versionOf(reply);
  const failure = failureOfReply(reply);
  if (failure.status === "not-found") return undefined;
  throw new Refusal(failure);
}

function versionOf({ body }: VaultReply): CurrentVersion {
  const data = objectIn(body, "data");
  const number = numberIn(data, "current_version");
  if (number === undefined) throw new Refusal(malformed());
  const version = objectIn(objectIn(data, "versions"), String(number));
  const deletion = timeIn(version, "deletion_time");
  const updatedAt = timeIn(version, "created_time");
  const gone = textIn(version, "deletion_time") !== undefined && (deletion ?? 0) <= Date.now();
  return {
    number,
    // Number 0: only metadata was ever written.
    stands: version !== undefined && version["destroyed"] !== true && !gone,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(deletion !== undefined && { expiresAt: deletion }),
  };
}
