import { isJwt } from "../rules/check-caller.js";

/** Which pod a token says that it is bound to. */
export interface ClaimedPod {
  readonly namespace: string;
  readonly name: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * What a token claims, unverified: good enough to begin a read that is thrown away if the API server does not confirm
 * it, and for nothing else. Claims that are no names of a cluster, which a path is made of, are none.
 */
export function claimedPod(token: string): ClaimedPod | undefined {
  if (!isJwt(token)) return undefined;
  const bound = member(claimsOf(token), "kubernetes.io");
  const namespace = member(bound, "namespace");
  const name = member(member(bound, "pod"), "name");
  if (typeof namespace !== "string" || !LABEL.test(namespace)) return undefined;
  if (typeof name !== "string" || name.length > 253 || !name.split(".").every((part) => LABEL.test(part)))
    return undefined;
  return { namespace, name };
}

/** When a token ends that was reviewed, in milliseconds since the epoch; at once where it does not say. */
export function endOfToken(token: string): number {
  const seconds = member(claimsOf(token), "exp");
  return typeof seconds === "number" ? seconds * 1000 : 0;
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as unknown;
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
