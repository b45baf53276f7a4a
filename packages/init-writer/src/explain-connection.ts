import { SluiceError } from "@sluice/core";

/** Failures to trust whoever answers: trying again does not help, and may be what an attacker hopes for. */
const DISTRUST = /^(ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_SSL_|INVALID_|HOSTNAME_)/;

/** What a failed connection to a source means. An error of our own stays as it is. */
export function explainConnection(thrown: unknown): SluiceError {
  if (SluiceError.isInstance(thrown)) return thrown;
  const code: unknown =
    typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, "code") : undefined;
  const why = typeof code === "string" ? code : "the connection ended early";
  const isDistrust = typeof code === "string" && DISTRUST.test(code);
  return new SluiceError({
    code: "SLU5001",
    kind: isDistrust ? "denied" : "unavailable",
    problem: `The source ${isDistrust ? "is not who it should be" : "cannot be reached"} (${why})`,
    remedy: isDistrust
      ? "Check the roots and the server name in the plan against the source's certificate"
      : "Check that the broker runs, and that the pod may reach it",
  });
}
