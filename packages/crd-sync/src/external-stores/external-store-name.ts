import { createHash } from "node:crypto";
import type { StoreKind } from "@sluice/kubernetes/stores";

/** A store of the External Secrets Operator, as an `ExternalSecret` names it in its namespace. */
export interface ExternalStoreRef {
  readonly kind: StoreKind;
  readonly name: string;
}

/**
 * What stands in references for such a store. Theirs have names that none of ours can have, and the same as ours: this
 * is always a label, and says by its end which one of which kind is meant.
 */
export function externalStoreName({ kind, name }: ExternalStoreRef): string {
  const digest = createHash("sha256").update(`${kind}/${name}`).digest("hex").slice(0, 10);
  const short = name.replaceAll(/[^a-z0-9-]/g, "-").slice(0, 40);
  return `${kind === "SecretStore" ? "ss" : "css"}-${short}-${digest}`;
}
