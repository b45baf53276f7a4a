import type { EventBus, SecretResolver } from "@sluice/core";
import { type Store, storeId } from "@sluice/kubernetes/stores";
import {
  answerPlan,
  type Caller,
  type EnvironmentAnswer,
  type EnvironmentRequest,
  type PlanAnswer,
} from "@sluice/protocol";
import type { StoreCatalogue } from "@sluice/kubernetes/stores";
import type { Pod } from "@sluice/kubernetes";
import type { ReleasedReference, Workload } from "./audit/audit-events.js";
import type { BrokerCluster } from "./cluster/broker-cluster.js";
import type { PodReader } from "./cluster/pod-reader.js";
import { claimedPod } from "./identity/claimed-pod.js";
import { checkProjectedTokens } from "./identity/check-projected-tokens.js";
import { isPodStore, podIdentity } from "./identity/pod-identity.js";
import type { TokenMint } from "./identity/token-mint.js";
import type { ServedStart } from "./leases/is-earlier-start.js";
import { RequestLeases, type TakenLease } from "./leases/request-leases.js";
import type { InFlight } from "./limits/in-flight.js";
import type { NamespaceRate } from "./limits/namespace-rate.js";
import type { ReviewBudget } from "./limits/review-budget.js";
import { claimRelease, type OnReplay, refuseReplay } from "./release/claim-release.js";
import { ticketFor } from "./release/decide-release.js";
import type { ReleaseLedger } from "./release/release-ledger.js";
import { refuse } from "./refusals.js";
import type { RequestTrail } from "./request-trail.js";
import { type AuthorizedReference, authorizePlan } from "./rules/authorize-plan.js";
import { checkCaller } from "./rules/check-caller.js";
import { checkPod } from "./rules/check-pod.js";
import { findContainer } from "./rules/find-container.js";
import type { PlanReader } from "./rules/plan-reader.js";
import { settleStores } from "./stores/settle-stores.js";
import type { StorePool } from "./stores/store-pool.js";

/** What the answering of a request needs. */
export interface Answering {
  readonly cluster: BrokerCluster;
  readonly catalogue: Pick<StoreCatalogue, "find">;
  readonly pods: PodReader;
  readonly plans: PlanReader;
  readonly pool: StorePool;
  readonly mint: TokenMint;
  readonly ledger: ReleaseLedger;
  readonly rate: NamespaceRate;
  readonly reviews: ReviewBudget;
  readonly inFlight: InFlight;
  readonly onReplay: OnReplay;
  readonly events: EventBus;
}

/** An environment, and what has to be seen to because it was given. */
export interface Answered {
  readonly answer: EnvironmentAnswer;
  readonly pod: Pod;
  readonly workload: Workload;
  readonly references: readonly ReleasedReference[];
  readonly leases: TakenLease[];
  /** The start of the container that it was given to. */
  readonly start: ServedStart;
}

/**
 * The rules of docs/spec/protocol-v1.md, section 7, in their order: who asks, what its pod says, what it may read,
 * whether it starts just now; and only then the values. The pod that the token claims is read while the token is
 * reviewed, which spares every start the time of a call; what was read counts only for whom the review confirms.
 *
 * @throws ProblemError, KubernetesError, or the signal's reason
 */
export async function answerRequest(
  answering: Answering,
  request: EnvironmentRequest,
  caller: Pick<Caller, "token" | "remoteAddress">,
  trail: RequestTrail,
  signal: AbortSignal,
): Promise<Answered> {
  const { pods, rate, inFlight, ledger, onReplay, catalogue, reviews } = answering;
  reviews.check(caller.remoteAddress);
  const cluster: Pick<BrokerCluster, "reviewToken"> = {
    reviewToken: async (...token) =>
      reviews.spend(caller.remoteAddress, async () => answering.cluster.reviewToken(...token)),
  };
  const begun = pods.begin(claimedPod(caller.token ?? ""));
  const workload = await checkCaller(cluster, caller, request.container, signal);
  trail.workload = workload;
  rate.take(workload.namespace);
  using _share = inFlight.share(workload.namespace);

  const pod = checkPod(await begun.read(workload.namespace, workload.pod, signal), workload, Date.now());
  const found = findContainer(pod, workload.container);
  if (found === undefined)
    throw refuse("container-unknown", `Pod ${workload.pod} has no container "${workload.container}"`);
  const { plan, references } = answering.plans.read(found.container, request);
  trail.references = Array.from(references.keys());

  const authorized = authorizePlan(plan, references, workload, catalogue);
  const stores = storesOf(authorized);
  const projected = await checkProjectedTokens(cluster, stores, workload, request, signal);
  const claim = { workload, observed: found.observed, nonce: request.nonce, onReplay };
  const release = await claimRelease(ledger, claim);
  trail.release = release;
  if (release.kind === "replay" && onReplay === "refuse") throw refuseReplay(workload, release.why);

  const leases = new RequestLeases();
  try {
    const identityFor = (store: Store) =>
      isPodStore(store) ? podIdentity(store, workload, projected, answering.mint) : undefined;
    const settle: unknown = async () =>
      settleStores(answering.pool, { references: authorized, identityFor, leases, signal });
    // Whatever it is handed, it reads what was authorized: the references of the same plan.
    const answered = await answerPlan(plan, { settle: settle as SecretResolver["settle"] });
    const released = releasedOf(answered, authorized);
    const start = { ticket: ticketFor(found.observed, request.nonce), servedAt: Date.now() };
    return { answer: answered.answer, pod, workload, references: released, leases: leases.handOver(), start };
  } finally {
    await leases.giveBack();
  }
}

function storesOf(authorized: ReadonlyMap<string, AuthorizedReference>): Store[] {
  return Array.from(
    new Map(Array.from(authorized.values(), ({ store }) => [storeId(store), store])).values(),
  );
}

function releasedOf(
  { delivered }: PlanAnswer,
  authorized: ReadonlyMap<string, AuthorizedReference>,
): ReleasedReference[] {
  return delivered.map(({ reference, store, version }) => {
    const from = authorized.get(reference)?.store;
    return {
      reference,
      store: from === undefined ? store : storeId(from),
      ...(version !== undefined && { version }),
    };
  });
}
