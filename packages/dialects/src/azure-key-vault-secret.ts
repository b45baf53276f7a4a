import type { Decoding } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";
import { OBJECT_NAME, VAULT_NAME } from "./key-vault-store.js";

/** What an AzureKeyVaultSecret (spv.no, every version of it) says about where a secret is. */
export interface AzureKeyVaultSecret {
  readonly vault: string;
  readonly object: string;
  readonly type: ObjectType;
  readonly version?: string;
  /** Its transforms as decodings, in their order. */
  readonly transforms: readonly Decoding[];
}

const TYPES = ["secret", "certificate", "key", "multi-key-value-secret"] as const;
type ObjectType = (typeof TYPES)[number];

const TRANSFORMS: Readonly<Record<string, Decoding>> = {
  trim: "trim",
  base64decode: "base64",
  base64encode: "encode-base64",
};

/** Reads one. Early documents have `object` beside `vault`, not in it. */
export function readAzureKeyVaultSecret(
  resource: Readonly<Record<string, unknown>>,
): AzureKeyVaultSecret | DialectProblem {
  const spec = membersOf(resource["spec"]);
  const vault = membersOf(spec["vault"]);
  const object = membersOf(vault["object"] ?? spec["object"]);
  const { name, type, version } = object;
  if (typeof vault["name"] !== "string" || !VAULT_NAME.test(vault["name"]))
    return { problem: "spec.vault.name is not the name of a vault", remedy: "Name an Azure Key Vault" };
  if (typeof name !== "string" || !OBJECT_NAME.test(name))
    return {
      problem: "spec.vault.object.name is no name that a vault can hold",
      remedy: "Key Vault has letters, digits and hyphens in a name",
    };
  if (!isType(type))
    return { problem: "spec.vault.object.type is unknown", remedy: `Choose one of: ${TYPES.join(", ")}` };
  const { transform = [] } = membersOf(spec["output"]);
  const transforms = (Array.isArray(transform) ? transform : []).map((step) => TRANSFORMS[String(step)]);
  if (transforms.includes(undefined))
    return {
      problem: "spec.output.transform has a step that no variable can be given",
      remedy: "Leave it to trim, base64decode and base64encode, or make the output a Kubernetes Secret",
    };
  return {
    vault: vault["name"],
    object: name,
    type,
    transforms: transforms as Decoding[],
    ...(typeof version === "string" && version !== "" && { version }),
  };
}

function isType(type: unknown): type is ObjectType {
  return (TYPES as readonly unknown[]).includes(type);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
