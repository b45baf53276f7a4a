import type { PutOutcome, PutRequest } from "@sluice/core";
import { failureOfReply, says } from "../failure/failure-of-reply.js";
import { versionChanged } from "../failure/failures.js";
import { apiPath } from "../mount/mount.js";
import { numberIn, objectIn, type VaultReply } from "../transport/vault-reply.js";
import { currentVersion } from "./current-version.js";
import type { WriteTarget } from "./write-target.js";

/** Writes a version in an engine of version 2; the server compares and writes in one step. */
export async function putVersioned(
  target: WriteTarget,
  fields: object,
  condition: PutRequest["condition"],
): Promise<PutOutcome> {
  if (condition === undefined) return outcomeOf(await write(target, fields));
  return "ifAbsent" in condition ? create(target, fields) : replace(target, fields, condition.ifVersion);
}

async function create(target: WriteTarget, fields: object): Promise<PutOutcome> {
  const reply = await write(target, fields, 0);
  if (!isMismatch(reply)) return created(outcomeOf(reply));
  const current = await currentVersion(target.ask, target.mount, target.below, target.signal);
  if (current === undefined) return versionChanged();
  if (current.stands) return { status: "exists", version: String(current.number) };
  // Absent as far as anybody can read, but the server counts on from the version that was deleted.
  const again = await write(target, fields, current.number);
  return isMismatch(again) ? { status: "exists" } : created(outcomeOf(again));
}

async function replace(target: WriteTarget, fields: object, version: string): Promise<PutOutcome> {
  // Zero would be the condition that nothing is there.
  if (!/^[1-9]\d{0,8}$/.test(version)) return versionChanged();
  const current = await currentVersion(target.ask, target.mount, target.below, target.signal);
  if (current?.stands !== true || String(current.number) !== version) return versionChanged();
  const reply = await write(target, fields, current.number);
  return isMismatch(reply) ? versionChanged() : outcomeOf(reply);
}

async function write(
  { ask, mount, below, signal }: WriteTarget,
  fields: object,
  cas?: number,
): Promise<VaultReply> {
  const body = { data: fields, ...(cas !== undefined && { options: { cas } }) };
  return ask({ method: "POST", path: apiPath(mount, below), body, signal });
}

function outcomeOf(reply: VaultReply): PutOutcome {
  if (reply.status === 400 && says(reply, "check-and-set parameter required"))
    return {
      status: "invalid",
      reason: "condition-required",
      message: "cannot be written without a condition: its engine insists on one",
      remedy: "Write it only if it is absent, or only over the version that you have read",
    };
  if (reply.status !== 200) return failureOfReply(reply);
  const version = numberIn(objectIn(reply.body, "data"), "version");
  return {
    status: version === 1 ? "created" : "updated",
    ...(version !== undefined && { version: String(version) }),
  };
}

function created(outcome: PutOutcome): PutOutcome {
  return outcome.status === "updated" ? { ...outcome, status: "created" } : outcome;
}

function isMismatch(reply: VaultReply): boolean {
  return reply.status === 400 && says(reply, "did not match the current version");
}
