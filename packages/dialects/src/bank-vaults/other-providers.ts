import { formatReference } from "@sluice/core";
import type { VariableReading, WrittenVariable } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import { awsReference } from "../aws-reference.js";
import { googleReading } from "../google-reference.js";
import { OBJECT_NAME } from "../key-vault-store.js";
import type { BankVaultsOptions } from "./bank-vaults-options.js";
import { isAnnotated } from "./pod-annotations.js";

const KEY_VAULT = "azure:keyvault:";

/** References of secret-init's other providers, whole values only. */
export function otherProvider(
  { name, text }: WrittenVariable,
  pod: Pod,
  { aws = {}, keyVault = "azure-key-vault", files, google }: BankVaultsOptions,
): VariableReading | undefined {
  const reference = awsReference(text, aws);
  if (reference !== undefined) return { text: formatReference(reference) };
  const ofGoogle = googleReading(name, text, google);
  if (ofGoogle !== undefined) return ofGoogle;
  if (text.startsWith(KEY_VAULT)) return readKeyVault(name, text.slice(KEY_VAULT.length), keyVault);
  // Many a plain value begins like this: a path of a database, for one.
  if (text.startsWith("file:") && isAnnotated(pod)) return readFile(name, text.slice("file:".length), files);
  return undefined;
}

function readKeyVault(variable: string, written: string, store: string): VariableReading {
  const [path = "", version, ...more] = written.split("/");
  if (OBJECT_NAME.test(path) && more.length === 0 && (version === undefined || OBJECT_NAME.test(version)))
    return { text: formatReference({ store, path, ...(version !== undefined && { version }) }) };
  return {
    problem: `Variable ${variable} names no secret that a vault can hold`,
    remedy: `Write ${KEY_VAULT}NAME or ${KEY_VAULT}NAME/VERSION`,
  };
}

function readFile(variable: string, path: string, store: string | undefined): VariableReading {
  const plain = path.replace(/^\/+/, "");
  const isPlain =
    plain !== "" && !plain.split("/").some((part) => part === "." || part === ".." || part === "");
  if (store !== undefined && isPlain) return { text: formatReference({ store, path: plain }) };
  return {
    problem: `Variable ${variable} names a file of its container, which is not looked into from outside`,
    remedy: "Let the program read the file, or name the secret as secret://STORE/PATH",
  };
}
