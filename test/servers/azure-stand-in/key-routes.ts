import { createPublicKey } from "node:crypto";
import { type Answer, type Asked, give, refuse } from "./answer.js";
import type { ObjectStore } from "./object-store.js";

/** Keys: imported with their public halves, which is all that is ever told of them. */
export function answerKeys(
  store: ObjectStore,
  address: string,
  { method, body }: Asked,
  name: string,
  version: string | undefined,
): Answer {
  if (method === "PUT") {
    const {
      pem,
      kty,
      attributes = {},
    } = JSON.parse(body) as { pem?: string; kty?: string; attributes?: object };
    const jwk = pem === undefined ? {} : createPublicKey(pem).export({ format: "jwk" });
    const crv = jwk.crv === "secp256k1" ? { crv: "P-256K" } : {};
    store.add(name, { ...jwk, ...crv, ...(kty !== undefined && { kty }) }, attributes);
  }
  const found = store.find(name, version);
  if (!found) return refuse(404, "KeyNotFound");
  if (method !== "GET" && method !== "PUT") return refuse(405, "MethodNotAllowed");
  const kid = `${address}/keys/${name}/${found.version}`;
  return give({ key: { ...found.fields, kid, key_ops: ["verify"] }, attributes: found.attributes });
}
