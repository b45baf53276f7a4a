import type { TokenCredential } from "@azure/identity";
import { askJson, textIn } from "./ask-json.js";
import { type IssuedLogin, KeptLogins } from "./kept-logins.js";
import { LoginFailure } from "./login-failure.js";
import type { RegistryLoginSource } from "./registry-login.js";

/** How registries of Azure are reached. */
export interface AcrLoginsOptions {
  /** Where a registry exchanges tokens; `https://REGISTRY` by default. */
  readonly origin?: (registry: string) => string;
}

/** A registry of Microsoft's, whoever owns it, and what tokens for it are made out to in its cloud. */
const HOST = /^[a-z0-9-]{5,63}\.(azurecr\.(?:io|cn|us))$/;
const SCOPES: Readonly<Record<string, string>> = {
  "azurecr.io": "https://containerregistry.azure.net/.default",
  "azurecr.cn": "https://management.chinacloudapi.cn/.default",
  "azurecr.us": "https://management.usgovcloudapi.net/.default",
};

/** What a registry calls whoever comes with a refresh token for a password. */
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";

/** A refresh token that does not say when it ends is kept so long, in milliseconds. */
const UNKNOWN_MS = 300_000;

/**
 * Logins for Azure Container Registry: the token of the process (workload identity, managed identity, and whatever else
 * `DefaultAzureCredential` finds; `AZURE_CLIENT_ID` chooses one of several) exchanged for one of the registry.
 *
 * Source of the exchange: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export function acrLogins({
  origin = (registry) => `https://${registry}`,
}: AcrLoginsOptions = {}): RegistryLoginSource {
  let credential: Promise<TokenCredential> | undefined;
  const kept = new KeptLogins({
    problem: (registry) => `Azure gives no login for ${registry}`,
    remedy:
      "Give the service account of this process a workload identity, or the node a managed one, with the role AcrPull on that registry; AZURE_CLIENT_ID chooses one of several",
  });

  async function issue(registry: string, scope: string, signal: AbortSignal): Promise<IssuedLogin> {
    credential ??= createCredential();
    const token = await (await credential).getToken(scope, { abortSignal: signal });
    if (token === null) throw new LoginFailure("NoEntraToken");
    const answer = await askJson(`${origin(registry)}/oauth2/exchange`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "access_token", service: registry, access_token: token.token }),
      signal,
    });
    const password = textIn(answer, "refresh_token");
    return { login: { username: TOKEN_USER, password }, endsAt: endOf(password) };
  }

  return {
    loginFor: async (registry, signal) => {
      const scope = SCOPES[HOST.exec(registry)?.[1] ?? ""];
      if (scope === undefined) return undefined;
      return kept.loginOf(registry, async (until) => issue(registry, scope, until), signal);
    },
  };
}

async function createCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential({ retryOptions: { maxRetries: 0 } });
}

/** When a token ends, as it says itself; who takes it checks it. */
function endOf(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      readonly exp?: unknown;
    };
    if (typeof claims.exp === "number") return claims.exp * 1000;
  } catch {
    // No token that says anything.
  }
  return Date.now() + UNKNOWN_MS;
}
