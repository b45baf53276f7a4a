import type { DelegatedIdentity } from "@sluice/core";
import type { TokenCredential } from "@azure/identity";
import type { AzureDelegation } from "../azure-options.js";
import { Refusal } from "../failure/refusal.js";
import type { LoginOptions } from "./login-options.js";

/** What the token of a workload must be made out to. */
const AUDIENCE = "api://AzureADTokenExchange";

/** Longest that a workload may take to prove itself, in milliseconds; the login has no signal of its own. */
const PROOF_MS = 30_000;

/** Makes the credential of a workload, which proves itself to Microsoft Entra by a federated token. */
export async function delegatedCredential(
  delegation: AzureDelegation | undefined,
  identity: () => DelegatedIdentity,
  options: LoginOptions,
): Promise<TokenCredential> {
  const clientId = clientOf(delegation, identity().subject);
  if (!delegation || clientId === undefined)
    throw new Refusal({
      status: "invalid",
      reason: "delegation-unconfigured",
      message: "cannot be asked for on behalf of a workload: the store names no application for it",
      remedy: "Name one in `delegation` in the store's options, by the workload's subject or for all",
    });
  const { ClientAssertionCredential } = await import("@azure/identity");
  const prove = async (): Promise<string> => identity().getToken(AUDIENCE, AbortSignal.timeout(PROOF_MS));
  return new ClientAssertionCredential(delegation.tenantId, clientId, prove, options);
}

/**
 * The application a workload logs in as. Its subject only chooses: Microsoft Entra checks by the token whether the
 * workload may.
 */
function clientOf(
  { clientId, clientIds = {} }: Partial<AzureDelegation> = {},
  subject: string,
): string | undefined {
  return Object.hasOwn(clientIds, subject) ? clientIds[subject] : clientId;
}
