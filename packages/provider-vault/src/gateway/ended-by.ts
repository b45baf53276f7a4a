import type { GatewayRequest } from "@sluice/core";
import { parseJsonExactly } from "@sluice/core";
import { textIn } from "../transport/vault-reply.js";
import { servedPath } from "./served-path.js";

/** What a request may end, or give another end: what the cache has of it is not true any more. */
export type Ending =
  | { readonly of: "all" }
  | { readonly of: "asker" }
  | { readonly of: "lease" | "token" | "accessor"; readonly name: string };

/** One lease: `sys/leases/renew`, `sys/revoke/ID`. */
const OF_A_LEASE = /\/sys\/(?:leases\/)?(?:revoke|renew)(?:\/(.+))?$/;

/** Many at once: of a prefix, of an engine or a login that goes, of a namespace. */
const OF_MANY =
  /\/sys\/(?:(?:leases\/)?revoke-(?:prefix|force)\/|(?:mounts|auth|remount|namespaces|policy|policies)(?:\/|$))/;

const OF_A_TOKEN = /\/auth\/token\/(?:revoke|renew)(-self|-accessor|-orphan)?(?:\/(.+))?$/;

/**
 * What a request ends; nothing for most. Reading ends nothing. What cannot be understood ends all.
 *
 * Source of the rule: Vault's HTTP API, "/sys/leases" and "/auth/token", older paths too.
 */
export function endedBy({ method, path, body }: GatewayRequest): Ending | undefined {
  if (/^(?:GET|HEAD|LIST)$/i.test(method)) return undefined;
  const served = servedPath(path);
  if (served === undefined || OF_MANY.test(served)) return { of: "all" };
  const lease = OF_A_LEASE.exec(served);
  if (lease !== null) return named("lease", textOf(body, "lease_id") ?? lease[1]);
  const token = OF_A_TOKEN.exec(served);
  if (token === null) return undefined;
  const [, which, name] = token;
  if (which === "-self") return { of: "asker" };
  return which === "-accessor"
    ? named("accessor", textOf(body, "accessor") ?? name)
    : named("token", textOf(body, "token") ?? name);
}

function named(of: "lease" | "token" | "accessor", name: string | undefined): Ending {
  return name === undefined ? { of: "all" } : { of, name };
}

function textOf(body: Uint8Array | undefined, key: string): string | undefined {
  if (body === undefined) return undefined;
  try {
    const parsed = parseJsonExactly(Buffer.from(body).toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? textIn(parsed, key) : undefined;
  } catch {
    // Its message would quote the body.
    return undefined;
  }
}
