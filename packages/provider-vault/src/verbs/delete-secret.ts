import type { DeleteOutcome, DeleteRequest, ProviderContext } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { hiddenEngine, notFound, unsupported, versionChanged } from "../failure/failures.js";
import { failureOf, Refusal } from "../failure/refusal.js";
import { apiPath, pathBelow } from "../mount/mount.js";
import { checkPath } from "../mount/secret-path.js";
import type { Access, SessionPool } from "../session/session-pool.js";
import type { VaultReply } from "../transport/vault-reply.js";
import { currentVersion } from "./current-version.js";
import type { WriteTarget } from "./write-target.js";

/** Deletes one secret. In an engine of version 2 its last version, which an administrator can still undelete. */
export async function deleteSecret(
  pool: SessionPool,
  request: DeleteRequest,
  { identity, signal }: ProviderContext,
): Promise<DeleteOutcome> {
  signal.throwIfAborted();
  try {
    return await remove(pool.access(identity), request, signal);
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

async function remove(
  access: Access,
  { path, ifVersion }: DeleteRequest,
  signal: AbortSignal,
): Promise<DeleteOutcome> {
  checkPath(path);
  const mount = await access.mounts.find(path, signal);
  const target = { ask: access.session.ask, mount, below: pathBelow(mount, path), signal };
  if (mount.kind === "unknown") throw new Refusal(hiddenEngine());
  if (mount.kind === "kv2") return removeVersion(target, ifVersion);
  if (mount.kind === "kv1" && ifVersion === undefined) return removeWhole(target);
  throw new Refusal(
    unsupported(
      mount.kind === "kv1" ? "condition" : "not-key-value",
      mount.kind === "kv1"
        ? "cannot be deleted on a condition: its engine keeps no versions"
        : "cannot be deleted: its engine is no key-value store",
      "Use a key-value engine of version 2",
    ),
  );
}

async function removeVersion(target: WriteTarget, ifVersion: string | undefined): Promise<DeleteOutcome> {
  const { ask, mount, below, signal } = target;
  const current = await currentVersion(ask, mount, below, signal);
  if (current?.stands !== true) return notFound();
  const version = String(current.number);
  if (ifVersion !== undefined && ifVersion !== version) return versionChanged();
  // By its number: one that was written since then stays.
  const body = { versions: [version] };
  return outcomeOf(await ask({ method: "POST", path: apiPath(mount, below, "delete"), body, signal }));
}

async function removeWhole({ ask, mount, below, signal }: WriteTarget): Promise<DeleteOutcome> {
  const path = apiPath(mount, below);
  // Deleting what is not there is answered like deleting what is.
  const before = await ask({ method: "GET", path, signal });
  if (before.status === 404) return failureOfReply(before);
  return outcomeOf(await ask({ method: "DELETE", path, signal }));
}

function outcomeOf(reply: VaultReply): DeleteOutcome {
  return reply.status === 204 || reply.status === 200 ? { status: "deleted" } : failureOfReply(reply);
}
