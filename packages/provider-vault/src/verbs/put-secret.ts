import type { ProviderContext, PutOutcome, PutRequest } from "@sluice/core";
import { hiddenEngine, unsupported } from "../failure/failures.js";
import { failureOf, Refusal } from "../failure/refusal.js";
import { pathBelow } from "../mount/mount.js";
import { checkPath } from "../mount/secret-path.js";
import type { Access, SessionPool } from "../session/session-pool.js";
import { fieldsToWrite } from "./fields-to-write.js";
import { putUnversioned } from "./put-unversioned.js";
import { putVersioned } from "./put-versioned.js";

/** Writes one secret: the text of a JSON object, whose members become the secret's fields. */
export async function putSecret(
  pool: SessionPool,
  request: PutRequest,
  { identity, signal }: ProviderContext,
): Promise<PutOutcome> {
  signal.throwIfAborted();
  try {
    return await write(pool.access(identity), request, signal);
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

async function write(access: Access, request: PutRequest, signal: AbortSignal): Promise<PutOutcome> {
  const { path, value, condition } = request;
  checkPath(path);
  const fields = fieldsToWrite(value);
  const mount = await access.mounts.find(path, signal);
  const target = { ask: access.session.ask, mount, below: pathBelow(mount, path), signal };
  if (mount.kind === "unknown") throw new Refusal(hiddenEngine());
  if (mount.kind === "kv2") return putVersioned(target, fields, condition);
  if (mount.kind !== "kv1")
    throw new Refusal(
      unsupported(
        "not-key-value",
        "cannot be written: its engine is no key-value store",
        "Write to a key-value engine",
      ),
    );
  if (condition !== undefined)
    throw new Refusal(
      unsupported(
        "condition",
        "cannot be written on a condition: its engine keeps no versions",
        "Use a key-value engine of version 2",
      ),
    );
  return putUnversioned(target, fields);
}
