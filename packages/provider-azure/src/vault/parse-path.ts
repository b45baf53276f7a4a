import type { Failure } from "@sluice/core";

/** What a vault holds. */
export type ObjectKind = "secrets" | "certificates" | "keys";

/** An object of the vault. */
export interface VaultObject {
  readonly kind: ObjectKind;
  readonly name: string;
}

const PATH = /^(?:(?<kind>secrets|certificates|keys)\/)?(?<name>[0-9A-Za-z-]{1,127})$/;

/** The object a path names: `NAME` and `secrets/NAME` a secret, `certificates/NAME`, `keys/NAME`. */
export function parsePath(path: string): VaultObject | Failure {
  const { kind = "secrets", name } = PATH.exec(path)?.groups ?? {};
  if (name !== undefined) return { kind: kind as ObjectKind, name };
  return {
    status: "invalid",
    reason: "path-invalid",
    message: "is not a path of Key Vault",
    remedy: "Use NAME, certificates/NAME or keys/NAME, with a name of letters, digits and hyphens",
  };
}
