import type { Failure } from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import type { ObjectKind } from "../vault/parse-path.js";
import type { VaultClients } from "../vault/vault-clients.js";
import { publicCertificateView, storedCertificateView } from "./certificate-view.js";
import { keyView } from "./key-view.js";
import { type ObjectProperties, unusable } from "./object-properties.js";
import { stampOf } from "./stamp-of.js";
import { secretView } from "./secret-view.js";
import type { Stored } from "./stored.js";

/** One read of the vault. */
export interface ObjectRead {
  readonly kind: ObjectKind;
  readonly name: string;
  /** The latest when absent. */
  readonly version?: string;
  /** A certificate together with its private key; its public half alone needs fewer rights. */
  readonly withKey: boolean;
}

/** Asks the vault once. Answers with a failure rather than throwing; `onError` is told of the error itself. */
export async function readObject(
  clients: VaultClients,
  read: ObjectRead,
  abortSignal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<Stored | Failure> {
  try {
    const { result, storeTime } = await clients.observe(abortSignal, async () =>
      ask(clients, read, abortSignal),
    );
    const { properties, view } = result;
    const stamp = stampOf(properties, storeTime);
    return unusable(properties, Date.now()) ?? view({ ...properties, ...(stamp !== undefined && { stamp }) });
  } catch (error) {
    onError(error);
    return failureOf(error);
  }
}

interface Answer {
  readonly properties: ObjectProperties;
  readonly view: (properties: ObjectProperties) => Stored;
}

async function ask(
  clients: VaultClients,
  { kind, name, version, withKey }: ObjectRead,
  abortSignal: AbortSignal,
): Promise<Answer> {
  const options = { abortSignal, ...(version !== undefined && { version }) };
  if (kind === "keys") {
    const client = await clients.keys();
    const { key = {}, properties } = await client.getKey(name, options);
    return { properties, view: (each) => keyView(key, each) };
  }
  if (kind === "certificates" && !withKey) {
    const client = await clients.certificates();
    const { cer = Uint8Array.of(), properties } =
      version === undefined
        ? await client.getCertificate(name, options)
        : await client.getCertificateVersion(name, version, options);
    return { properties, view: (each) => publicCertificateView(cer, each) };
  }
  const client = await clients.secrets();
  const { value = "", properties } = await client.getSecret(name, options);
  const viewOf = kind === "certificates" ? storedCertificateView : secretView;
  return { properties, view: (each) => viewOf(value, each) };
}
