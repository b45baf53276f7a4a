import { formatReference } from "@sluice/core";
import type { Dialect } from "@sluice/core/dialect";
import { defaultStoreOf, type KeyVaultStores, OBJECT_NAME, VAULT_NAME } from "./key-vault-store.js";

const ANNOTATION = "atarraya/keyvault";
const PREFIX = "ATARRAYA_SECRET_";

/**
 * atarraya: the pod's annotation `atarraya/keyvault` names a vault, and each variable `ATARRAYA_SECRET_NAME` of
 * an app container, whatever its value, stands for the secret NAME in the variable NAME. Its status annotation
 * is not looked at: whoever can write a pod can write that too.
 */
export function atarraya({ storeOf = defaultStoreOf }: KeyVaultStores = {}): Dialect {
  return {
    name: "atarraya",
    appliesTo: ({ metadata }) => metadata?.annotations?.[ANNOTATION] !== undefined,
    readVariable: ({ name: variable, kind }, { pod }) => {
      if (kind !== "app" || !variable.startsWith(PREFIX)) return undefined;
      const vault = pod.metadata?.annotations?.[ANNOTATION] ?? "";
      if (!VAULT_NAME.test(vault))
        return {
          problem: `Annotation ${ANNOTATION} does not name a vault`,
          remedy: "Give it the name of an Azure Key Vault",
        };
      const name = variable.slice(PREFIX.length);
      if (!OBJECT_NAME.test(name))
        return {
          problem: `Variable ${variable} names no secret that a vault can hold`,
          remedy: "Key Vault has letters, digits and hyphens in a secret's name",
        };
      return { name, text: formatReference({ store: storeOf(vault), path: name }) };
    },
  };
}
