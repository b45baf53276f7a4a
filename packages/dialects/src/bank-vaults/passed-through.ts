import type { Pod } from "@sluice/core/pod";
import type { VaultNotation } from "./bank-vaults-options.js";
import { serverAnnotation } from "./pod-annotations.js";

/** Variables that the webhook of bank-vaults makes of annotations, by what follows `VAULT_` or `BAO_`. */
const FROM_ANNOTATIONS: Readonly<Record<string, string>> = {
  ADDR: "addr",
  ROLE: "role",
  PATH: "path",
  AUTH_METHOD: "auth-method",
  NAMESPACE: "namespace",
  SKIP_VERIFY: "skip-verify",
  CLIENT_TIMEOUT: "client-timeout",
  IGNORE_MISSING_SECRETS: "ignore-missing-secrets",
  TRANSIT_KEY_ID: "transit-key-id",
  TRANSIT_PATH: "transit-path",
};

/**
 * What `vault-passthrough` leaves to the program of the variables that annotations make: names with commas. They only tell
 * it where a server is; none is dialled here on their account.
 */
export function passedThrough(pod: Pod): Record<string, string> {
  return Object.fromEntries((["vault", "bao"] as const).flatMap((notation) => passedBy(pod, notation)));
}

function passedBy(pod: Pod, notation: VaultNotation): [string, string][] {
  const wanted = serverAnnotation(pod, notation, "passthrough") ?? "";
  const prefix = `${notation.toUpperCase()}_`;
  return wanted.split(",").flatMap((written): [string, string][] => {
    const name = written.trim();
    const suffix = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    const annotation = Object.hasOwn(FROM_ANNOTATIONS, suffix) ? FROM_ANNOTATIONS[suffix] : undefined;
    const value = annotation === undefined ? undefined : serverAnnotation(pod, notation, annotation);
    return value === undefined ? [] : [[name, value]];
  });
}
