import type { CheckFinding, CheckResult, Failure, ProviderContext } from "@sluice/core";
import type { CallOptions } from "@sluice/kubernetes";
import { failing, isFailure } from "../failure/failing.js";
import { callOptions, type ClusterStore } from "../store/cluster-store.js";
import { mayGet } from "./may-get.js";

/** Whether the cluster answers, knows us, and lets us read; each looked at only if the one before is well. */
export async function checkStore(store: ClusterStore, context: ProviderContext): Promise<CheckResult> {
  const options = callOptions(store, context);
  const version = await failing(context.signal, async () => store.client.call({ path: "/version" }, options));
  // A cluster may keep its version from strangers; then the next question tells more.
  if (isFailure(version) && version.status !== "denied")
    return { findings: [failed("reachable", `The cluster ${version.message}`, version)] };
  const reachable: CheckFinding = { aspect: "reachable", status: "ok", message: "The cluster answers" };
  const storeTime = isFailure(version) ? undefined : version.date;
  return {
    findings: [reachable, ...(await rights(store, context, options))],
    ...(storeTime !== undefined && { storeTime }),
  };
}

async function rights(
  store: ClusterStore,
  context: ProviderContext,
  options: CallOptions,
): Promise<CheckFinding[]> {
  const right = await failing(context.signal, async () => mayGet(store, options));
  const what = `${store.kind}s of ${store.namespace === undefined ? "all namespaces" : `namespace ${store.namespace}`}`;
  if (isFailure(right)) return [failed("authenticated", `Asking what we may do ${right.message}`, right)];
  const authenticated: CheckFinding = {
    aspect: "authenticated",
    status: "ok",
    message: "The cluster knows us",
  };
  switch (right.kind) {
    case "all":
      return [authenticated, { aspect: "authorised", status: "ok", message: `We may read the ${what}` }];
    case "named": {
      const message = `We may read these ${what} only: ${right.names.join(", ")}`;
      return [authenticated, { aspect: "authorised", status: "ok", message }];
    }
    case "unknown":
      return [
        authenticated,
        {
          aspect: "authorised",
          status: "warning",
          message: `We may not read the ${what}, unless in some of them`,
          remedy: GRANT,
        },
      ];
    case "none":
      return [
        authenticated,
        failed("authorised", `We may not read the ${what}`, { status: "denied", remedy: GRANT }),
      ];
  }
}

const GRANT = "Grant `get` with a Role and a RoleBinding";

function failed(
  aspect: string,
  message: string,
  { status, remedy = "Check the store's options" }: Pick<Failure, "status" | "remedy">,
): CheckFinding {
  return { aspect, status: "failed", failure: status, message, remedy };
}
