import type { GetTokenOptions, TokenCredential } from "@azure/identity";

/** Longest that a login may take, in milliseconds. */
const LOGIN_MS = 30_000;

type Login = ReturnType<TokenCredential["getToken"]>;

/**
 * Lets everybody who needs the same token at once wait for one login, which therefore goes on when one of them gives
 * up. The SDK logs in anew for each caller with a signal of its own.
 */
export function sharedLogin(credential: TokenCredential): TokenCredential {
  const underWay = new Map<string, Login>();
  return {
    getToken: async (scopes, options: GetTokenOptions = {}) => {
      const key = JSON.stringify([scopes, options.tenantId, options.claims]);
      const shared = underWay.get(key);
      if (shared) return shared;
      const login = credential.getToken(scopes, { ...options, abortSignal: AbortSignal.timeout(LOGIN_MS) });
      underWay.set(key, login);
      try {
        return await login;
      } finally {
        underWay.delete(key);
      }
    },
  };
}
