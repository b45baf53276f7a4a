import type { Failure, SecretRecord, SecretRequest } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { noVersion, unsupported } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { apiPath, type Mount, pathBelow } from "../mount/mount.js";
import { checkPath } from "../mount/secret-path.js";
import type { Access } from "../session/session-pool.js";
import { objectIn, textIn, type VaultReply } from "../transport/vault-reply.js";
import { recordOf } from "./record-of.js";

/** Reads one secret, once. Rejects with a {@link Refusal}, or with the signal's reason. */
export async function readSecret(
  { session, mounts }: Access,
  { path, version }: Pick<SecretRequest, "path" | "version">,
  signal: AbortSignal,
): Promise<SecretRecord> {
  checkPath(path);
  const mount = await mounts.find(path, signal);
  const below = pathBelow(mount, path);
  const exact = version.kind === "exact" ? version.version : undefined;
  if (exact !== undefined) checkVersion(mount, exact);
  const query = exact === undefined ? "" : `?version=${exact}`;
  const reply = await session.ask({ method: "GET", path: `${apiPath(mount, below)}${query}`, signal });
  if (reply.status !== 200) throw new Refusal(failureOfRead(reply, exact !== undefined));
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

function checkVersion({ kind }: Mount, version: string): void {
  if (kind === "kv1" || kind === "engine")
    throw new Refusal(
      unsupported(
        "version",
        "has a version that cannot be asked for: its engine keeps none",
        "Leave the version out, or use a key-value engine of version 2",
      ),
    );
  // Zero would be the latest.
  if (!/^[1-9]\d{0,8}$/.test(version)) throw new Refusal(noVersion("no-such-version"));
}

function unknownEngine(): Failure {
  return {
    status: "invalid",
    reason: "unknown-engine",
    message: "is in an engine that the server does not tell us the kind of",
    remedy: "Set the store's kvVersion",
  };
}
