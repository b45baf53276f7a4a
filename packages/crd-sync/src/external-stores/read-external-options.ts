import { SluiceError } from "@sluice/core";
import {
  type CallOptions,
  field,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
} from "@sluice/kubernetes";
import { readStoreOptions, type Store, storeId, type StoreOptions } from "@sluice/kubernetes/stores";
import { type ExternalSource, type ExternalStore, isExternalStore } from "./external-store.js";
import { isPem } from "./store-draft.js";

/**
 * The options of any store, with what stands in other objects. Of a `SecretStore` all of them are in its namespace:
 * that was settled when it was read.
 *
 * @throws {SluiceError} `SLU1103` when something of it is not there, is empty, or is no text.
 * @throws {KubernetesError} when it cannot be read for any other reason.
 */
export async function readExternalOptions(
  client: KubernetesClient,
  store: Store,
  call: CallOptions,
): Promise<StoreOptions> {
  if (!isExternalStore(store)) return readStoreOptions(client, store, call);
  const options = structuredClone(store.options) as Record<string, unknown>;
  const environment: Record<string, string> = { ...store.variables };
  const versions: string[] = [];
  for (const source of store.sources) {
    const object = await readObject(client, store, source, call);
    versions.push(`${object.metadata.uid ?? ""}/${object.metadata.resourceVersion}`);
    put(store, source, textOf(store, source, object), options, environment);
  }
  return { options, environment, version: versions.join(",") };
}

const PLURALS = { Secret: "secrets", ConfigMap: "configmaps", ServiceAccount: "serviceaccounts" } as const;

async function readObject(
  client: KubernetesClient,
  store: ExternalStore,
  source: ExternalSource,
  call: CallOptions,
): Promise<KubernetesObject> {
  const { kind, at } = source.from;
  const { namespace, name } = at;
  try {
    return await getObject(client, { version: "v1", plural: PLURALS[kind], namespace }, name, call);
  } catch (error) {
    if (!KubernetesError.isInstance(error) || (error.status !== 404 && error.status !== 403)) throw error;
    const why = error.status === 404 ? "does not exist" : "may not be read by the controller";
    const remedy =
      error.status === 404
        ? "Create it, or correct the field"
        : "Give it the right, see docs/external-secrets.md";
    throw wrong(store, source, `names the ${kind} ${namespace}/${name}, which ${why}`, remedy);
  }
}

function textOf(store: ExternalStore, source: ExternalSource, object: KubernetesObject): string {
  const { kind, at } = source.from;
  const where = `the ${kind} ${at.namespace}/${at.name}`;
  if (kind === "ServiceAccount") {
    const text = object.metadata.annotations?.[at.annotation];
    if (text) return text;
    throw wrong(store, source, `needs the annotation ${at.annotation} of ${where}`, "Add it");
  }
  const data = field(object, "data");
  const found =
    typeof data === "object" && data !== null && Object.hasOwn(data, at.key) && field(data, at.key);
  if (typeof found !== "string")
    throw wrong(store, source, `names the key "${at.key}" of ${where}, which has none`, "Add it");
  const text = kind === "Secret" ? decoded(store, source, found) : found;
  // An empty credential would have a provider look for others.
  if (text.trim() === "")
    throw wrong(store, source, `names the key "${at.key}" of ${where}, which is empty`, "Fill it");
  return text;
}

function decoded(store: ExternalStore, source: ExternalSource, encoded: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    throw wrong(store, source, "names a key that is no text", "Correct the Secret");
  }
}

function put(
  store: ExternalStore,
  source: ExternalSource,
  text: string,
  options: Record<string, unknown>,
  environment: Record<string, string>,
): void {
  const { target } = source;
  if ("variable" in target) {
    environment[target.variable] = text.trim();
    return;
  }
  if ("certificates" in target) {
    // Anything else would be taken for the name of a file.
    if (!isPem(text)) throw wrong(store, source, "names a key that is no certificate in PEM", "Correct it");
    options[target.certificates] = text;
    return;
  }
  const path = target.option.split(".");
  const last = path.pop() ?? "";
  let inner = options;
  for (const name of path) inner = (inner[name] ??= {}) as Record<string, unknown>;
  inner[last] = text.trim();
}

function wrong(
  store: ExternalStore,
  { place }: ExternalSource,
  problem: string,
  remedy: string,
): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `${storeId(store)}: spec.${place} ${problem}`,
    remedy,
  });
}
