import type { Failure, SecretRecord, SecretRequest, SecretVersion } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { noVersion, unsupported } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { apiPath, type Mount } from "../mount/mount.js";
import type { Ask } from "../mount/mount-table.js";
import type { Place } from "../mount/place.js";
import { objectIn, textIn, type VaultReply } from "../transport/vault-reply.js";
import { recordOf } from "./record-of.js";

/** What of a request matters once its path is known. */
type Wanted = Pick<SecretRequest, "version" | "volatile">;

/**
 * Reads one secret, once, or lets an engine issue one for the parameters it is handed. Rejects with a
 * {@link Refusal}, or with the signal's reason.
 */
export async function readSecret(
  ask: Ask,
  { mount, below, parameters }: Place,
  { version, volatile }: Wanted,
  signal: AbortSignal,
): Promise<SecretRecord> {
  const query = queryOf(mount, version);
  const path = `${apiPath(mount, below)}${query}`;
  if (parameters !== undefined && !volatile) throw new Refusal(notVolatile());
  const reply = await ask(
    parameters === undefined
      ? { method: "GET", path, signal }
      : { method: "POST", path, body: parameters, signal },
  );
  if (parameters !== undefined && reply.status === 204) throw new Refusal(nothingIssued());
  if (reply.status !== 200) throw new Refusal(failureOfRead(reply, query !== ""));
  if (mount.kind === "unknown") throw new Refusal(unknownEngine());
  return recordOf(mount, reply);
}

/** Like {@link failureOfReply}, and tells a version that was deleted from a secret that is not there. */
function failureOfRead(reply: VaultReply, exact: boolean): Failure {
  const failure = failureOfReply(reply);
  if (failure.status !== "not-found") return failure;
  const metadata = objectIn(objectIn(reply.body, "data"), "metadata");
  if (metadata?.["destroyed"] === true) return noVersion("version-destroyed");
  if (textIn(metadata, "deletion_time") !== undefined) return noVersion("version-deleted");
  return exact && failure.reason === "no-such-path" ? noVersion("no-such-version") : failure;
}

function queryOf({ kind }: Mount, version: SecretVersion): string {
  if (version.kind !== "exact") return "";
  if (kind !== "kv2" && kind !== "unknown")
    throw new Refusal(
      unsupported(
        "version",
        "has a version that cannot be asked for: its engine keeps none",
        "Leave the version out, or use a key-value engine of version 2",
      ),
    );
  // Zero would be the latest.
  if (!/^[1-9]\d{0,8}$/.test(version.version)) throw new Refusal(noVersion("no-such-version"));
  return `?version=${version.version}`;
}

function unknownEngine(): Failure {
  return {
    status: "invalid",
    reason: "unknown-engine",
    message: "is in an engine that the server does not tell us the kind of",
    remedy: "Set the store's kvVersion",
  };
}

// What is cached, or asked for again after an answer was lost, is not what the engine issues each time.
function notVolatile(): Failure {
  return {
    status: "invalid",
    reason: "not-volatile",
    message: "is issued anew by each reading, which its reference does not say",
    remedy: "Add volatile=true to the reference",
  };
}

function nothingIssued(): Failure {
  return {
    status: "invalid",
    reason: "nothing-issued",
    message: "has nothing to read: its engine took what it was handed, and answered with no fields",
    remedy: "Use a path whose answer has fields",
  };
}
