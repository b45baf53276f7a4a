import type { HttpClient } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";

/**
 * What the provider trusts. Configuration cannot change it, so that no file and no variable makes it hand a token
 * to a server that is no Key Vault; only a test that runs the provider itself can.
 */
export interface Trust {
  /** The SDK checks that a server which asks for a token is in the domain that the token is for. */
  readonly verifyChallenge: boolean;
  /** Who sends requests, to a vault and to a login service alike. */
  readonly httpClient?: HttpClient;
  /** Who to be, whatever the options say. */
  readonly credential?: TokenCredential;
}

/** What holds outside of tests. */
export const STRICT: Trust = { verifyChallenge: true };
