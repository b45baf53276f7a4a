import type { Failure } from "@sluice/core";
import type { VaultReply } from "../transport/vault-reply.js";
import { noMount, noNamespace, notFound, notVault, tooLarge } from "./failures.js";

/**
 * What an answer other than success says of what was asked. Tells by the status and by phrases that Vault is
 * known to use; its own words are dropped, since they may quote what was sent.
 */
export function failureOfReply(reply: VaultReply): Failure {
  const { status, retryAfterMs } = reply;
  const wait = retryAfterMs !== undefined && { retryAfterMs };
  const reason = `http-${status}`;
  // A page of a proxy is not the store's word, least of all on what is absent.
  if (reply.body === undefined && status < 500 && status !== 429) return notVault(status);
  switch (status) {
    case 404:
      // Of what is in it nothing is said by that.
      if (says(reply, "namespace not found")) return noNamespace();
      return says(reply, "no handler for route") ? noMount() : notFound();
    case 403:
      return {
        status: "denied",
        reason: "permission-denied",
        message: "is refused to us",
        remedy: "Give the policies of the store's token the right to it",
      };
    case 405:
      return {
        status: "invalid",
        reason: "unsupported-operation",
        message: "cannot be used this way: its engine has no such operation at this path",
        remedy: "Check the path: some engines only issue to a write",
      };
    case 412:
      return {
        status: "throttled",
        reason: "not-replicated",
        message: "is not known yet to the server that was asked",
        remedy: "Try again",
        ...wait,
      };
    case 413:
      return tooLarge();
    case 429:
      return {
        status: "throttled",
        reason: "rate-limit",
        message: "is refused for too many calls",
        remedy: "Ask less often, or raise the quota",
        ...wait,
      };
    default:
  }
  if (status >= 500 || status === 472 || status === 473) return outOfService(reply, reason);
  if (status >= 300 && status < 400)
    return {
      status: "unavailable",
      reason: "redirect",
      message: `cannot be reached: the server refers to another address (HTTP ${status})`,
      remedy: "Give the store the address of the active server, or of a load balancer",
    };
  if (says(reply, "request body too large") || says(reply, "refused JSON input")) return tooLarge();
  return {
    status: "invalid",
    reason,
    message: `is refused as a request that makes no sense (HTTP ${status})`,
    remedy: "Check its path, and what is written",
  };
}

/** Whether the server's errors hold a phrase. Only our own text is ever passed on. */
export function says(reply: VaultReply, phrase: string): boolean {
  const errors = reply.body?.["errors"];
  return Array.isArray(errors) && errors.some((error) => typeof error === "string" && error.includes(phrase));
}

function outOfService(reply: VaultReply, reason: string): Failure {
  const sealed = says(reply, "sealed");
  const state = sealed ? "the server is sealed" : `the server is out of service (HTTP ${reply.status})`;
  return {
    status: "unavailable",
    reason: sealed ? "sealed" : reason,
    message: `cannot be had: ${state}`,
    remedy: sealed ? "Unseal it" : "Check the server's health and log",
    ...(reply.retryAfterMs !== undefined && { retryAfterMs: reply.retryAfterMs }),
  };
}
