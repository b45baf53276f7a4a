import { type Failure, isAllowed, type SecretReference } from "@sluice/core";
import { type InjectionPlan, isReferencePart, parsePlannedText, plannedTakes } from "@sluice/core/plan";
import { formatReference } from "@sluice/core";
import type { Store, StoreCatalogue } from "@sluice/kubernetes/stores";
import { type Failed, problemOf, ProblemError } from "@sluice/protocol";
import type { Workload } from "../audit/audit-events.js";
import { REFUSALS, type RefusalReason } from "../refusals.js";

/** A reference, and the store that its name stands for in the workload's namespace. */
export interface AuthorizedReference {
  readonly reference: SecretReference;
  readonly store: Store;
}

/**
 * Finds the store of every reference and holds its access list against the workload, all before any provider is
 * asked. Nothing is authorized unless everything is.
 *
 * @returns by canonical form
 * @see docs/spec/protocol-v1.md, 7.5 and 7.7
 * @throws ProblemError that lists every reference which is refused
 */
export function authorizePlan(
  plan: InjectionPlan,
  references: ReadonlyMap<string, SecretReference>,
  workload: Workload,
  catalogue: Pick<StoreCatalogue, "find">,
): ReadonlyMap<string, AuthorizedReference> {
  const decided = new Map(
    Array.from(references, ([written, reference]) => [
      written,
      authorizeReference(reference, workload, catalogue),
    ]),
  );
  const authorized = new Map<string, AuthorizedReference>();
  const refused = new Map<string, Failure>();
  for (const [written, decision] of decided)
    if ("status" in decision) refused.set(written, decision);
    else authorized.set(written, decision);
  if (refused.size > 0) throw new ProblemError(problemOf(plan.container, failuresOf(plan, refused)));
  return authorized;
}

/** The store of one reference, or why whoever asks may not read it. */
export function authorizeReference(
  reference: SecretReference,
  { namespace, serviceAccount }: Pick<Workload, "namespace" | "serviceAccount">,
  catalogue: Pick<StoreCatalogue, "find">,
): AuthorizedReference | Failure {
  const { store: name, path } = reference;
  const found = catalogue.find(namespace, name);
  switch (found.status) {
    case "missing":
      return failure("invalid", "unknown-store", `namespace ${namespace} has no store "${name}"`);
    case "unknown":
      return failure(
        "unavailable",
        "stores-unknown",
        `store "${name}" cannot be looked up: ${found.problem}`,
      );
    case "invalid":
      return failure("invalid", "store-invalid", `store "${name}" cannot be used: ${found.problem}`);
    case "found":
  }
  const { store } = found;
  if (!isAllowed(store.access, { namespace, serviceAccount, path }))
    return failure(
      "denied",
      "not-authorized",
      `service account ${namespace}/${serviceAccount} may not read "${path}" of store "${name}"`,
    );
  if (store.suspended) return failure("unavailable", "store-suspended", `store "${name}" is suspended`);
  // One that issues something is not even read where nobody would keep the lease.
  if (reference.volatile === true && store.leases === "refuse")
    return failure("invalid", "lease-refused", `store "${name}" gives no leases through the broker`);
  return { reference, store };
}

function failure(status: Failure["status"], reason: RefusalReason, message: string): Failure {
  return { status, reason, message, remedy: REFUSALS[reason][1] };
}

/** A failure for every place of a plan that a refused reference stands in. */
function failuresOf(plan: InjectionPlan, refused: ReadonlyMap<string, Failure>): Failed[] {
  return plannedTakes(plan).flatMap(({ label: variable, text }) =>
    parsePlannedText(text)
      .filter(isReferencePart)
      .flatMap((part): Failed[] => {
        const reference = formatReference(part);
        const failure = refused.get(reference);
        if (failure === undefined) return [];
        const { status, reason, message } = failure;
        return [
          {
            outcome: { ...failure, reference },
            failure: { variable, reference, status, reason, ...(message !== undefined && { message }) },
          },
        ];
      }),
  );
}
