import type { Failure } from "@sluice/core";

const UNREACHED =
  /^(?:E(?:AI_AGAIN|CONN\w+|HOSTUNREACH|NETUNREACH|NOTFOUND|PIPE|TIMEDOUT|PROTO)|ABORT_ERR|REQUEST_SEND_ERROR|UND_ERR_\w+)$/;
const UNTRUSTED = /CERT|^UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/;

/** What errors of the network mean; `undefined` if none of these is one. */
export function networkFailure(causes: readonly unknown[]): Failure | undefined {
  for (const cause of causes) {
    const code: unknown = Reflect.get(cause as object, "code");
    if (typeof code !== "string" || !/^[A-Z][A-Z0-9_]{1,47}$/.test(code)) continue;
    if (UNTRUSTED.test(code))
      return {
        status: "unavailable",
        reason: code,
        message: "cannot be asked for: the server's certificate is not trusted",
        remedy: "Check the address; name the authority that issued the certificate with `caFile`",
      };
    if (UNREACHED.test(code))
      return {
        status: "unavailable",
        reason: code,
        message: "cannot be asked for: the vault cannot be reached",
        remedy: "Check the vault's address, and that the network lets us reach it",
      };
  }
  return undefined;
}
