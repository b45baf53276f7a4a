import { type Failure, thrownName } from "@sluice/core";

/** Codes of OpenSSL and Node for a certificate that is not accepted: `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
const CERTIFICATE = /CERT|VERIFY|ISSUER|HOSTNAME_MISMATCH|CRL|ERR_TLS/;

/** What a connection that failed says. Only the error's code is kept. */
export function failureOfConnection(error: unknown, place: string): Failure {
  const code = thrownName(error);
  const untrusted = CERTIFICATE.test(code);
  return {
    status: "unavailable",
    reason: code,
    message: untrusted
      ? `cannot be reached: the certificate of ${place} is not trusted (${code})`
      : `cannot be reached: no answer from ${place} (${code})`,
    remedy: untrusted
      ? "Correct the store's caCert or tlsServerName, or the server's certificate"
      : "Check the store's address, and that the server runs",
  };
}
