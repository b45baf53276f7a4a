import { findMisfit } from "@sluice/core/plan";
import { PROTOCOL_VERSION } from "../limits.js";
import { ProblemError } from "../problem-error.js";
import { type EnvironmentRequest, REQUEST_SCHEMA } from "../schema/environment-request.js";

/**
 * Reads a launcher's request. Nothing of it is quoted in an error: it holds tokens.
 *
 * @throws ProblemError
 */
export function parseRequest(body: string): EnvironmentRequest {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    throw malformed("it is not JSON");
  }
  const protocol = (request as { readonly protocol?: unknown } | null)?.protocol;
  if (typeof protocol === "number" && protocol > PROTOCOL_VERSION)
    throw new ProblemError({
      kind: "configuration",
      reason: "protocol-too-new",
      message: `The launcher speaks protocol ${protocol}; this source speaks ${PROTOCOL_VERSION}`,
      remedy: "Upgrade the broker before the webhook",
    });
  const misfit = findMisfit(REQUEST_SCHEMA, request);
  if (misfit !== undefined) throw malformed(misfit);
  return request as EnvironmentRequest;
}

function malformed(why: string): ProblemError {
  return new ProblemError({
    kind: "usage",
    reason: "malformed-request",
    message: `The request is not of the protocol: ${why}`,
    remedy: "Ask with a launcher of this project",
  });
}
