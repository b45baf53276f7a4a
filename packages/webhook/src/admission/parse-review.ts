import { isUtf8 } from "node:buffer";
import type { AdmissionRequest, MalformedRequest } from "./admission-request.js";
import { isTooDeep } from "./is-too-deep.js";

/** How deep a review may be nested: that of a pod is nested 30 levels at most. */
const MOST_LEVELS = 100;

const MOST_UID = 128;

/** Reads an AdmissionReview with a request. Nothing of it is quoted. */
export function parseReview(body: Buffer): AdmissionRequest | MalformedRequest {
  if (!isUtf8(body)) return { problem: "The body is not UTF-8" };
  if (isTooDeep(body, MOST_LEVELS))
    return { problem: `The body is nested more than ${MOST_LEVELS} levels deep` };
  let review: unknown;
  try {
    review = JSON.parse(body.toString("utf8"));
  } catch {
    return { problem: "The body is not JSON" };
  }
  const request = memberOf(review, "request");
  const uid = memberOf(request, "uid");
  if (typeof uid !== "string" || uid === "" || uid.length > MOST_UID)
    return { problem: "There is no request with a uid" };
  const problem = problemOf(review, request);
  if (problem !== undefined) return { uid, problem };
  const { resource, subResource } = request as {
    readonly resource: { readonly group?: string | null; readonly resource: string };
    readonly subResource?: string;
  };
  return {
    uid,
    operation: memberOf(request, "operation") as string,
    resource: subResource ? `${resource.resource}/${subResource}` : resource.resource,
    group: resource.group ?? "",
    namespace: (memberOf(request, "namespace") as string | undefined) ?? "",
    dryRun: memberOf(request, "dryRun") === true,
    object: memberOf(request, "object"),
    oldObject: memberOf(request, "oldObject"),
  };
}

/** What differs from the shape of admission.k8s.io/v1. */
function problemOf(review: unknown, request: unknown): string | undefined {
  if (
    memberOf(review, "kind") !== "AdmissionReview" ||
    memberOf(review, "apiVersion") !== "admission.k8s.io/v1"
  )
    return "It is no AdmissionReview of admission.k8s.io/v1";
  const resource = memberOf(request, "resource");
  const texts: readonly (readonly [string, unknown])[] = [
    ["operation", memberOf(request, "operation")],
    ["resource.version", memberOf(resource, "version")],
    ["resource.resource", memberOf(resource, "resource")],
  ];
  const missing = texts.find(([, value]) => typeof value !== "string");
  if (missing !== undefined) return `request.${missing[0]} is missing or no text`;
  for (const member of ["subResource", "namespace"])
    if (!isOptional(memberOf(request, member), "string")) return `request.${member} is no text`;
  if (!isOptional(memberOf(resource, "group"), "string")) return "request.resource.group is no text";
  return isOptional(memberOf(request, "dryRun"), "boolean")
    ? undefined
    : "request.dryRun is neither true nor false";
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value == null || typeof value === type;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name) as unknown;
}
