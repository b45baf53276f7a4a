import type { DelegatedIdentity } from "@sluice/core";
import type { TokenCredential } from "@azure/identity";
import type { AzureApplication } from "../azure-options.js";
import { Refusal } from "../failure/refusal.js";
import type { LoginOptions } from "./login-options.js";

/** What the token of a workload must be made out to. */
const AUDIENCE = "api://AzureADTokenExchange";

/** Longest that a workload may take to prove itself, in milliseconds; the login has no signal of its own. */
const PROOF_MS = 30_000;

/** Makes the credential of a workload, which proves itself to Microsoft Entra by a federated token. */
export async function delegatedCredential(
  application: AzureApplication | undefined,
  identity: () => DelegatedIdentity,
  options: LoginOptions,
): Promise<TokenCredential> {
  if (!application)
    throw new Refusal({
      status: "invalid",
      reason: "delegation-unconfigured",
      message: "cannot be asked for on behalf of a workload: the store does not say as which application",
      remedy: "Set `delegation` in the store's options",
    });
  const { ClientAssertionCredential } = await import("@azure/identity");
  const { tenantId, clientId } = application;
  const prove = async (): Promise<string> => identity().getToken(AUDIENCE, AbortSignal.timeout(PROOF_MS));
  return new ClientAssertionCredential(tenantId, clientId, prove, options);
}
