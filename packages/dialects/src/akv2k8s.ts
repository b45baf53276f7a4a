import { type Decoding, formatReference, type SecretReference } from "@sluice/core";
import type { Dialect, DialectProblem, ObjectNeed, VariableReading } from "@sluice/core/dialect";
import { type AzureKeyVaultSecret, readAzureKeyVaultSecret } from "./azure-key-vault-secret.js";
import { defaultStoreOf, type KeyVaultStores } from "./key-vault-store.js";

const LABEL = "azure-key-vault-env-injection";
const NOTATION = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)@azurekeyvault(?:\?(.*))?$/s;

/**
 * akv2k8s' env injector: in a namespace labelled `azure-key-vault-env-injection: enabled`, a variable whose whole
 * value is `NAME@azurekeyvault[?QUERY]` stands for what the AzureKeyVaultSecret NAME of the namespace describes.
 */
export function akv2k8s({ storeOf = defaultStoreOf }: KeyVaultStores = {}): Dialect {
  return {
    name: "akv2k8s",
    readsNamespaceLabels: true,
    appliesTo: (_, { namespaceLabels }) => namespaceLabels[LABEL] === "enabled",
    needs: ({ text }) => {
      const name = NOTATION.exec(text)?.[1];
      return name === undefined ? [] : [needOf(name)];
    },
    readVariable: ({ name: variable, text }, { objects, namespace }) => {
      const [, name, , query = ""] = NOTATION.exec(text) ?? [];
      if (name === undefined) return undefined;
      const object = objects.find(needOf(name));
      if (object === undefined)
        return {
          problem: `Variable ${variable} names AzureKeyVaultSecret "${name}", which namespace "${namespace}" does not have`,
          remedy: "Create it before the pod",
        };
      const secret = readAzureKeyVaultSecret(object);
      if ("problem" in secret)
        return { ...secret, problem: `AzureKeyVaultSecret "${name}": ${secret.problem}` };
      return reading(secret, query, storeOf(secret.vault), `Variable ${variable}`);
    },
  };
}

function needOf(name: string): ObjectNeed {
  return { apiVersion: "spv.no/v2beta1", kind: "AzureKeyVaultSecret", name };
}

function reading(secret: AzureKeyVaultSecret, query: string, store: string, who: string): VariableReading {
  const selected = select(secret, query, who);
  if ("problem" in selected) return selected;
  const { path, key, decode = [] } = selected;
  const decodings = [...decode, ...secret.transforms];
  return {
    text: formatReference({
      store,
      path,
      ...(key !== undefined && { key }),
      ...(secret.version !== undefined && { version: secret.version }),
      ...(decodings.length > 0 && { decode: decodings }),
    }),
  };
}

type Selected = Pick<SecretReference, "path" | "key" | "decode">;

const BASIC: Readonly<Record<string, readonly Decoding[]>> = {
  username: ["username"],
  password: ["password"],
};

function select(
  { type, object }: AzureKeyVaultSecret,
  query: string,
  who: string,
): Selected | DialectProblem {
  switch (type) {
    case "secret":
      if (query === "") return { path: object };
      if (Object.hasOwn(BASIC, query)) return { path: object, decode: BASIC[query] ?? [] };
      return {
        problem: `${who} asks a secret for "?${query}"`,
        remedy: "Leave it out, or ask for ?username or ?password",
      };
    case "certificate":
      // Whatever else is asked for is the public half, as there.
      return { path: `certificates/${object}`, ...(/^(tls\.key|raw)$/.test(query) && { key: query }) };
    case "key":
      return { path: `keys/${object}` };
    case "multi-key-value-secret":
      if (query !== "") return { path: object, key: query };
      return {
        problem: `${who} does not say which key of its secret it is`,
        remedy: "Write NAME@azurekeyvault?KEY",
      };
  }
}
