import type { EnvironmentRequest } from "@sluice/protocol";
import type { Store } from "@sluice/kubernetes/stores";
import type { Workload } from "../audit/audit-events.js";
import type { BrokerCluster } from "../cluster/broker-cluster.js";
import { refuse } from "../refusals.js";
import { isJwt } from "../rules/check-caller.js";
import { isPodStore } from "./pod-identity.js";

/**
 * The tokens that stores which act as the pod need from the request, each reviewed by the API server for its
 * audience and held against the pod. Whatever else the request brought is left alone.
 *
 * @returns by audience
 * @see docs/spec/protocol-v1.md, 7.6
 * @throws ProblemError
 */
export async function checkProjectedTokens(
  cluster: Pick<BrokerCluster, "reviewToken">,
  stores: readonly Store[],
  workload: Workload,
  { tokens = {} }: Pick<EnvironmentRequest, "tokens">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const needed = stores
    .filter(isPodStore)
    .flatMap(({ identity, name }) =>
      identity.tokenSource === "projected" ? [[identity.audience, name] as const] : [],
    );
  const checked = Array.from(new Map(needed), async ([audience, store]) => {
    const token = Object.hasOwn(tokens, audience) ? tokens[audience] : undefined;
    if (token === undefined)
      throw refuse(
        "pod-token-missing",
        `Store "${store}" acts as the pod, which sent no token for "${audience}"`,
      );
    await checkToken(cluster, { token, audience, workload }, signal);
    return [audience, token] as const;
  });
  return new Map(await Promise.all(checked));
}

async function checkToken(
  cluster: Pick<BrokerCluster, "reviewToken">,
  {
    token,
    audience,
    workload,
  }: { readonly token: string; readonly audience: string; readonly workload: Workload },
  signal: AbortSignal,
): Promise<void> {
  const reviewed = isJwt(token) ? await cluster.reviewToken(token, audience, signal) : undefined;
  if (reviewed === undefined)
    throw refuse("pod-token-refused", `The API server does not accept the pod's token for "${audience}"`);
  const { serviceAccount, pod } = reviewed;
  const same =
    serviceAccount?.namespace === workload.namespace &&
    serviceAccount.name === workload.serviceAccount &&
    serviceAccount.uid === workload.serviceAccountUid &&
    pod?.uid === workload.podUid;
  if (!same)
    throw refuse("pod-token-of-another", `The token for "${audience}" is not of pod ${workload.pod}`);
}
