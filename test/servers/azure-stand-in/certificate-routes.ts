import { X509Certificate } from "node:crypto";
import { type Answer, type Asked, give, refuse } from "./answer.js";
import type { ObjectStore, StoredVersion } from "./object-store.js";

interface Import {
  readonly value: string;
  readonly policy?: {
    readonly secret_props?: { readonly contentType?: string };
    readonly key_props?: { readonly exportable?: boolean };
  };
  readonly attributes?: object;
}

/** Certificates: imported as PEM, told of without their keys. The secret of the same name holds all of it. */
export function answerCertificates(
  stores: { readonly secrets: ObjectStore; readonly certificates: ObjectStore },
  address: string,
  { method, body }: Asked,
  name: string,
  version: string | undefined,
): Answer {
  if (method === "POST" && version === "import") {
    const { value, policy = {}, attributes = {} } = JSON.parse(body) as Import;
    const { exportable = true } = policy.key_props ?? {};
    const { contentType = "application/x-pem-file" } = policy.secret_props ?? {};
    const kept = exportable
      ? value
      : value.replace(/-----BEGIN PRIVATE KEY-----[^-]+-----END [^-]+-----\n?/, "");
    const cer = new X509Certificate(value).raw.toString("base64");
    const { version: added } = stores.certificates.add(name, { cer }, attributes);
    stores.secrets.add(name, { value: kept, contentType, managed: true }, attributes, added);
    return give(bundle(address, name, stores.certificates.find(name, added)));
  }
  const found = stores.certificates.find(name, version === "" ? undefined : version);
  if (!found) return refuse(404, "CertificateNotFound");
  return method === "GET" ? give(bundle(address, name, found)) : refuse(405, "MethodNotAllowed");
}

function bundle(address: string, name: string, found: StoredVersion | undefined): object {
  const { version = "", attributes = {}, fields = {} } = found ?? {};
  const at = (kind: string): string => `${address}/${kind}/${name}/${version}`;
  return { ...fields, id: at("certificates"), sid: at("secrets"), kid: at("keys"), attributes };
}
