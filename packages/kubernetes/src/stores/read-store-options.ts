import { SluiceError } from "@sluice/core";
import type { CallOptions } from "../client/api-request.js";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { KubernetesError } from "../errors/kubernetes-error.js";
import { getObject } from "../objects/get-object.js";
import { field, type KubernetesObject } from "../objects/kubernetes-object.js";
import { type OptionSource, type SecretKeyReference, type Store, storeId } from "./store.js";

/** What a store's provider is created with. Holds secrets: it is for the provider alone. */
export interface StoreOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** Variables for the provider, besides those it is given anyway. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another one when one of the Secrets changed. */
  readonly version: string;
}

/**
 * The options of a store with those that Secrets have.
 *
 * @throws {SluiceError} `SLU1103` when a Secret or its key is not there, is no text, or two give the same option.
 * @throws {KubernetesError} when a Secret cannot be read for any other reason.
 */
export async function readStoreOptions(
  client: KubernetesClient,
  store: Store,
  call: CallOptions,
): Promise<StoreOptions> {
  const options = structuredClone(store.options) as Record<string, unknown>;
  const environment: Record<string, string> = {};
  const versions: string[] = [];
  for (const source of store.optionsFrom) {
    const secret = await readSecret(client, store, source.secretKeyRef, call);
    const { uid = "", resourceVersion } = secret.metadata;
    versions.push(`${uid}/${resourceVersion}`);
    put(store, source, textOf(store, secret, source.secretKeyRef), options, environment);
  }
  return { options, environment, version: versions.join(",") };
}

async function readSecret(
  client: KubernetesClient,
  store: Store,
  { namespace, name }: SecretKeyReference,
  call: CallOptions,
): Promise<KubernetesObject> {
  try {
    return await getObject(client, { version: "v1", plural: "secrets", namespace }, name, call);
  } catch (error) {
    if (!KubernetesError.isInstance(error)) throw error;
    if (error.status !== 404) throw asked(error, `the Secret ${namespace}/${name}`);
    throw wrong(store, `the Secret ${namespace}/${name} does not exist`, "Create it, or correct optionsFrom");
  }
}

/** The same, saying what was asked for: a status that only says "forbidden" helps nobody. */
function asked(error: KubernetesError, what: string): KubernetesError {
  const { kind, reason, problem, status, retryAfterMs } = error;
  return new KubernetesError({
    kind,
    reason,
    problem: `${problem}, asked for ${what}`,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function textOf(
  store: Store,
  secret: KubernetesObject,
  { namespace, name, key }: SecretKeyReference,
): string {
  const data = field(secret, "data");
  const encoded = typeof data === "object" && data !== null && Object.hasOwn(data, key) && field(data, key);
  const where = `the Secret ${namespace}/${name}`;
  if (typeof encoded !== "string")
    throw wrong(store, `${where} has no key "${key}"`, "Add it, or correct optionsFrom");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    throw wrong(store, `"${key}" of ${where} is not UTF-8 text`, "Options are text: correct the Secret");
  }
}

function put(
  store: Store,
  { option, variable }: OptionSource,
  text: string,
  options: Record<string, unknown>,
  environment: Record<string, string>,
): void {
  const twice = (what: string): SluiceError =>
    wrong(store, `${what} is given twice, or what is in front of it is no object`, "Give it once");
  if (variable !== undefined) {
    if (Object.hasOwn(environment, variable)) throw twice(`the variable ${variable}`);
    environment[variable] = text;
    return;
  }
  const path = (option ?? "").split(".");
  const last = path.pop() ?? "";
  let target = options;
  for (const name of path) {
    if (!Object.hasOwn(target, name)) target[name] = {};
    const next = target[name];
    if (typeof next !== "object" || next === null || Array.isArray(next)) throw twice(`the option ${option}`);
    target = next as Record<string, unknown>;
  }
  if (Object.hasOwn(target, last)) throw twice(`the option ${option}`);
  target[last] = text;
}

function wrong(store: Store, problem: string, remedy: string): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `${storeId(store)}: ${problem}`,
    remedy,
  });
}
