import type { PutOutcome } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { apiPath } from "../mount/mount.js";
import type { WriteTarget } from "./write-target.js";

/** Writes a secret in an engine of version 1, over whatever is there. */
export async function putUnversioned(
  { ask, mount, below, signal }: WriteTarget,
  fields: object,
): Promise<PutOutcome> {
  const path = apiPath(mount, below);
  // Writing does not tell whether there was one. Who may not read is told `updated`.
  const before = await ask({ method: "GET", path, signal });
  const reply = await ask({ method: "POST", path, body: fields, signal });
  if (reply.status !== 204 && reply.status !== 200) return failureOfReply(reply);
  return { status: before.status === 404 ? "created" : "updated" };
}
