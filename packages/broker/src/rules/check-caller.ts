import type { Caller } from "@sluice/protocol";
import { containerAudience } from "@sluice/protocol";
import type { Workload } from "../audit/audit-events.js";
import type { BrokerCluster, ReviewedToken } from "../cluster/broker-cluster.js";
import { refuse } from "../refusals.js";

/**
 * Finds out who asks: the token must be of the audience that only the claimed container's token has.
 *
 * @see docs/spec/protocol-v1.md, 7.1
 * @throws ProblemError
 */
export async function checkCaller(
  cluster: Pick<BrokerCluster, "reviewToken">,
  { token }: Pick<Caller, "token">,
  container: string,
  signal: AbortSignal,
): Promise<Workload> {
  if (token === undefined) throw refuse("no-token", "The request shows no bearer token");
  // Whatever is no token of an API server must not cost it a call.
  if (!isJwt(token)) throw refuse("malformed-token", "The bearer token is none of a service account");
  const audience = containerAudience(container);
  return workloadOf(await cluster.reviewToken(token, audience, signal), container);
}

/** Whether it looks like one: three parts in base64url. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

function workloadOf(reviewed: ReviewedToken | undefined, container: string): Workload {
  if (reviewed === undefined)
    throw refuse("token-refused", `The API server does not accept the token for container "${container}"`);
  const { serviceAccount, pod } = reviewed;
  if (serviceAccount?.uid === undefined || pod === undefined)
    throw refuse("token-not-bound", "The token is of no service account, or bound to no pod");
  return {
    namespace: serviceAccount.namespace,
    serviceAccount: serviceAccount.name,
    serviceAccountUid: serviceAccount.uid,
    pod: pod.name,
    podUid: pod.uid,
    container,
  };
}
