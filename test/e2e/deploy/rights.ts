import type { AuditedRequest } from "../../servers/kubernetes-audit.js";
import type { Manifest } from "./manifests.js";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Binding extends Manifest {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}

/** One verb for one resource, which may be limited to a namespace and a name. */
export interface Right {
  readonly verb: string;
  /** As rules name it: `secretsyncs/status.sluice.dev`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Every right that the bindings among manifests give a service account. */
export function rightsOf(manifests: readonly Manifest[], serviceAccount: string): Right[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind !== "RoleBinding" && manifest.kind !== "ClusterRoleBinding") return [];
    const { roleRef, subjects, metadata } = manifest as Binding;
    if (!subjects.some(({ name }) => name === serviceAccount)) return [];
    const role = manifests.find(
      ({ kind, metadata: { name } }) => kind === roleRef.kind && name === roleRef.name,
    );
    if (role === undefined) throw new Error(`There is no ${roleRef.kind} ${roleRef.name}`);
    const { namespace } = metadata;
    return (role["rules"] as readonly Rule[]).flatMap((rule) =>
      rightsIn(rule).map((right) => ({ ...right, ...(namespace !== undefined && { namespace }) })),
    );
  });
}

function rightsIn({ apiGroups, resources, resourceNames = [undefined], verbs }: Rule | NamedRule): Right[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        resourceNames.map((name) => ({
          verb,
          resource: group === "" ? resource : `${resource}.${group}`,
          ...(name !== undefined && { name }),
        })),
      ),
    ),
  );
}

interface NamedRule extends Omit<Rule, "resourceNames"> {
  readonly resourceNames?: readonly undefined[];
}

/** `patch secrets sluice-webhook-tls in sluice-system` */
function textOf({ verb, resource, namespace, name }: Right): string {
  return [verb, resource, name, namespace && `in ${namespace}`]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** Those of the rights that no request made use of. */
export function unusedOf(rights: readonly Right[], requests: readonly AuditedRequest[]): string[] {
  return rights.filter((right) => !requests.some((request) => uses(request, right))).map(textOf);
}

function uses({ verb, objectRef, responseStatus }: AuditedRequest, right: Right): boolean {
  if (objectRef === undefined) return false;
  const { apiGroup, resource, subresource, namespace, name } = objectRef;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  // What is applied and was not there is created: the API server asks for that right as well.
  const verbs = verb === "patch" && responseStatus?.code === 201 ? ["patch", "create"] : [verb];
  return (
    verbs.includes(right.verb) &&
    (apiGroup === undefined ? whole : `${whole}.${apiGroup}`) === right.resource &&
    (right.namespace === undefined || right.namespace === namespace) &&
    (right.name === undefined || right.name === name)
  );
}

/** Requests of a service account of the deployment. */
export function requestsOf(requests: readonly AuditedRequest[], serviceAccount: string): AuditedRequest[] {
  const username = `system:serviceaccount:sluice-system:${serviceAccount}`;
  return requests.filter(({ user }) => user.username === username);
}

/** What the API server refused, as whoever reads a failed test wants it. */
export function refusalsIn(requests: readonly AuditedRequest[]): string[] {
  return requests
    .filter(({ annotations }) => annotations?.["authorization.k8s.io/decision"] === "forbid")
    .map(({ verb, requestURI, user }) => `${user.username} may not ${verb} ${requestURI}`);
}
