import type { Decoding } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";
import { OBJECT_NAME, VAULT_NAME } from "./key-vault-store.js";

/** What an AzureKeyVaultSecret (spv.no, every version of it) says about where a secret is. */
export interface AzureKeyVaultSecret {
  readonly vault: string;
  readonly object: string;
  readonly type: AzureKeyVaultObjectType;
  readonly version?: string;
  /** Its transforms as decodings, in their order. */
  readonly transforms: readonly Decoding[];
  /** Of a `multi-key-value-secret`: `application/x-json` or `application/x-yaml`. */
  readonly contentType?: string;
  /** Secret that their controller keeps. */
  readonly secret?: AzureKeyVaultOutput;
  /** ConfigMap that their controller keeps. */
  readonly configMap?: AzureKeyVaultOutput;
}

/** An object that an AzureKeyVaultSecret asks for. */
export interface AzureKeyVaultOutput {
  readonly name: string;
  /** Of a Secret. */
  readonly type?: string;
  readonly dataKey?: string;
}

/** What an object of a vault is. */
export type AzureKeyVaultObjectType = "secret" | "certificate" | "key" | "multi-key-value-secret";

const TYPES: readonly AzureKeyVaultObjectType[] = ["secret", "certificate", "key", "multi-key-value-secret"];

const TRANSFORMS: Readonly<Record<string, Decoding>> = {
  trim: "trim",
  base64decode: "base64",
  base64encode: "encode-base64",
};

/** Reads one. Early documents have `object` beside `vault`, not in it, and `v1alpha1` calls its transforms `transforms`. */
export function readAzureKeyVaultSecret(resource: object): AzureKeyVaultSecret | DialectProblem {
  const spec = membersOf(membersOf(resource)["spec"]);
  const vault = membersOf(spec["vault"]);
  const object = membersOf(vault["object"] ?? spec["object"]);
  const { name, type, version, contentType } = object;
  if (typeof vault["name"] !== "string" || !VAULT_NAME.test(vault["name"]))
    return { problem: "spec.vault.name is not the name of a vault", remedy: "Name an Azure Key Vault" };
  if (typeof name !== "string" || !OBJECT_NAME.test(name))
    return {
      problem: "spec.vault.object.name is no name that a vault can hold",
      remedy: "Key Vault has letters, digits and hyphens in a name",
    };
  if (!isType(type))
    return { problem: "spec.vault.object.type is unknown", remedy: `Choose one of: ${TYPES.join(", ")}` };
  const output = membersOf(spec["output"]);
  const transform = output["transform"] ?? output["transforms"];
  const transforms = (Array.isArray(transform) ? transform : []).map((step) => TRANSFORMS[String(step)]);
  if (transforms.includes(undefined))
    return {
      problem: "spec.output.transform has a step that is not known",
      remedy: "Leave it to trim, base64decode and base64encode",
    };
  return {
    vault: vault["name"],
    object: name,
    type,
    transforms: transforms as Decoding[],
    ...(isText(version) && { version }),
    ...(isText(contentType) && { contentType }),
    ...outputOf("secret", output["secret"]),
    ...outputOf("configMap", output["configMap"]),
  };
}

function outputOf(
  which: "secret" | "configMap",
  written: unknown,
): { [Which in typeof which]?: AzureKeyVaultOutput } {
  const { name, type, dataKey } = membersOf(written);
  if (!isText(name)) return {};
  return { [which]: { name, ...(isText(type) && { type }), ...(isText(dataKey) && { dataKey }) } };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isType(type: unknown): type is AzureKeyVaultObjectType {
  return (TYPES as readonly unknown[]).includes(type);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
