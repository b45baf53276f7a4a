import type { Decoding, SecretReference } from "@sluice/core";
import type { KeyVaultOutput, KeyVaultProblem, KeyVaultSecret } from "./key-vault-secret.js";

/** A part of what a vault holds. */
export type KeyVaultPart = "value" | "username" | "password" | "tls.crt" | "tls.key" | "raw" | "public";

/** A key of an output, and the part that it is. */
interface KeyVaultPick {
  readonly key: string;
  readonly part: KeyVaultPart;
}

/** What an output is made of: its keys, or `each`, every entry of a value that holds several. */
export type KeyVaultPicks = readonly KeyVaultPick[] | "each" | KeyVaultProblem;

/** Types of Secrets whose key is given. */
const FIXED: Readonly<Record<string, string>> = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
  "kubernetes.io/ssh-auth": "ssh-privatekey",
};

const TLS = "kubernetes.io/tls";

/** The Secret's keys. Source of the rules: akv2k8s' reference, "AzureKeyVaultSecret", and its controller. */
export function picksForSecret(secret: KeyVaultSecret, output: KeyVaultOutput): KeyVaultPicks {
  const { type, transforms } = secret;
  const field = "spec.output.secret.dataKey";
  if (type === "multi-key-value-secret") return "each";
  if (type === "key") return one(output, "public", field);
  if (output.type === TLS) {
    if (type === "secret" && transforms.some((step) => step !== "trim"))
      return {
        problem: "spec.output.transform cannot change a PKCS#12 file",
        remedy: "Keep it in Base64 in the vault, and leave the transform out",
      };
    return pair("tls.crt", "tls.key");
  }
  if (type === "certificate") return one(output, output.type === "Opaque" ? "raw" : "public", field);
  if (output.type === "kubernetes.io/basic-auth") return pair("username", "password");
  const fixed = FIXED[output.type ?? ""];
  return fixed === undefined ? one(output, "value", field) : [{ key: fixed, part: "value" }];
}

/** The ConfigMap's keys: only what is public of certificates and keys. */
export function picksForConfigMap({ type }: KeyVaultSecret, output: KeyVaultOutput): KeyVaultPicks {
  if (type === "multi-key-value-secret") return "each";
  return one(output, type === "secret" ? "value" : "public", "spec.output.configMap.dataKey");
}

/** Where a part is read. */
export function partReference(
  { type, object, version, transforms }: KeyVaultSecret,
  part: KeyVaultPart,
  store: string,
): SecretReference {
  const at = { store, ...(version !== undefined && { version }) };
  if (part === "public") return { ...at, path: `${type === "key" ? "keys" : "certificates"}/${object}` };
  if (part === "tls.crt" || part === "tls.key" || part === "raw")
    return { ...at, path: `certificates/${object}`, key: part };
  // Entries of a value that holds several are not transformed there either.
  const steps: readonly Decoding[] = type === "secret" ? transforms : [];
  const decode = part === "value" ? steps : [...steps, part];
  return { ...at, path: object, ...(decode.length > 0 && { decode }) };
}

function one({ dataKey }: KeyVaultOutput, part: KeyVaultPart, field: string): KeyVaultPicks {
  if (dataKey !== undefined) return [{ key: dataKey, part }];
  return { problem: `${field} is missing`, remedy: "Name the key that the value is to have" };
}

function pair(
  ...parts: readonly ("tls.crt" | "tls.key" | "username" | "password")[]
): readonly KeyVaultPick[] {
  return parts.map((part) => ({ key: part, part }));
}
