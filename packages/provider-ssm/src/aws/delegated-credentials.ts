import { createHash } from "node:crypto";
import type { DelegatedIdentity } from "@sluice/core";
import { namedError } from "../failure/named-error.js";
import type { DelegationOptions } from "../options/auth-options.js";
import type { CredentialSource } from "./credentials.js";
import type { StsConfig } from "./sts-config.js";

const TOKEN_MS = 10_000;

/**
 * Credentials of a workload: its role, assumed with the workload's token. `current` tells who asks
 * now: a later bearer of the same identity has a token that is still good.
 */
export function delegatedCredentials(
  { roleArn: common, roles = {}, audience = "sts.amazonaws.com" }: DelegationOptions,
  current: () => DelegatedIdentity,
  clientConfig: StsConfig,
): CredentialSource {
  return async () => {
    const { fromWebToken } = await import("@aws-sdk/credential-providers");
    const identity = current();
    const webIdentityToken = await tokenOf(identity, audience);
    const roleArn = Object.hasOwn(roles, identity.subject) ? (roles[identity.subject] ?? common) : common;
    const roleSessionName = sessionName(identity.subject);
    return fromWebToken({ roleArn, webIdentityToken, roleSessionName, clientConfig })();
  };
}

async function tokenOf(identity: DelegatedIdentity, audience: string): Promise<string> {
  try {
    // Not the signal of the call that happens to need it: others may wait for the same credentials.
    return await identity.getToken(audience, AbortSignal.timeout(TOKEN_MS));
  } catch {
    // What it says is not ours to pass on: it may quote the token.
    throw namedError("WorkloadTokenMissing", "The workload's token could not be had");
  }
}

/** A session name AWS accepts: the subject where that is one, told apart by a digest where it had to be changed. */
export function sessionName(subject: string): string {
  const plain = subject.replaceAll(/[^\w+=,.@-]/g, "-");
  if (plain === subject && plain.length >= 2 && plain.length <= 64) return plain;
  const digest = createHash("sha256").update(subject).digest("hex").slice(0, 12);
  return `${plain.slice(-51)}-${digest}`;
}
