import type { CertificateAnswer, SecretAnswer } from "../template-source.js";
import { fromJson } from "./from-json.js";
import { goString } from "./go-string.js";
import { GoList, GoNilPointer, GoStruct, goInt, type GoValue } from "./go-value.js";

/**
 * What `secret` gives: a pointer to consul-template's `Secret`.
 *
 * @throws {DataShapeError} when the data cannot be a value.
 */
export function vaultSecret(answer: SecretAnswer): GoStruct {
  const { wrap_info: wrapping, warnings } = answer;
  const fields: [string, GoValue][] = [
    ["RequestID", goString(answer.request_id ?? "")],
    ["LeaseID", goString(answer.lease_id ?? "")],
    ["LeaseDuration", goInt(answer.lease_duration ?? 0)],
    ["Renewable", answer.renewable ?? false],
    ["Data", fromJson(answer.data, "json.Number")],
    ["Warnings", new GoList("string", (warnings ?? []).map(goString), (warnings ?? []).length === 0)],
    ["Auth", new GoNilPointer("dependency.SecretAuth")],
    ["WrapInfo", wrapping == null ? new GoNilPointer(WRAP_INFO) : wrapInfo(wrapping)],
  ];
  return new GoStruct("dependency.Secret", true, new Map(fields));
}

const WRAP_INFO = "dependency.SecretWrapInfo";

function wrapInfo({ token, ttl, wrapped_accessor }: NonNullable<SecretAnswer["wrap_info"]>): GoStruct {
  const fields: [string, GoValue][] = [
    ["Token", goString(token)],
    ["TTL", goInt(ttl)],
    ["WrappedAccessor", goString(wrapped_accessor ?? "")],
  ];
  return new GoStruct(WRAP_INFO, true, new Map(fields));
}

/** What `pkiCert` gives. `.Data` is the same once more, so that it looks like a secret. */
export function vaultCertificate({ cert, key, ca, caChain = [] }: CertificateAnswer): GoStruct {
  const fields = new Map<string, GoValue>([
    ["Cert", goString(cert)],
    ["Key", goString(key)],
    ["CA", goString(ca)],
    ["CAChain", new GoList("string", caChain.map(goString), caChain.length === 0)],
  ]);
  return new GoStruct("dependency.PemEncoded", false, fields, "Data");
}
