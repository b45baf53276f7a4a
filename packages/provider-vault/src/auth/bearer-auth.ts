import type { DelegatedIdentity } from "@sluice/core";
import type { AuthMethod } from "./auth-method.js";
import { logIn } from "./log-in.js";

/** A login with a JSON Web Token. */
export interface BearerAuth {
  readonly role: string;
  readonly mount: string;
  /** What a workload's token is asked for. */
  readonly audience: string;
  readonly ownToken: (signal: AbortSignal) => Promise<string>;
}

/** What the methods `jwt` and `kubernetes` have in common: both take a role and a token. */
export function bearerAuth({ role, mount, audience, ownToken }: BearerAuth): AuthMethod {
  const loginWith = (getToken: BearerAuth["ownToken"]): AuthMethod => ({
    login: async (call, signal) =>
      logIn(call, `${mount}/login`, { role, jwt: await getToken(signal) }, signal),
  });
  return {
    ...loginWith(ownToken),
    onBehalfOf: (identity: DelegatedIdentity) =>
      loginWith(async (signal) => identity.getToken(audience, signal)),
  };
}
