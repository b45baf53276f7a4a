import type { TokenCredential } from "@azure/identity";
import type { CertificateClient } from "@azure/keyvault-certificates";
import type { KeyClient } from "@azure/keyvault-keys";
import type { SecretClient } from "@azure/keyvault-secrets";
import { lazily } from "../util/lazily.js";
import type { ClientOptions } from "./client-options.js";
import { firstCallAlone } from "./first-call-alone.js";
import { type ObservedCalls, observedCalls } from "./observed-calls.js";
import type { Trust } from "./trust.js";

/** The clients of one vault for one identity, each loaded and made when it is first needed. */
export interface VaultClients {
  /** Where the vault is. */
  readonly url: string;
  secrets(): Promise<SecretClient>;
  certificates(): Promise<CertificateClient>;
  keys(): Promise<KeyClient>;
  /** Does something with a client, and tells when the vault answered. */
  readonly observe: ObservedCalls["observe"];
}

/** How to make clients. */
export interface VaultAccess {
  readonly url: string;
  readonly trust: Trust;
  readonly options: () => Promise<ClientOptions>;
  readonly credential: (options: ClientOptions) => Promise<TokenCredential>;
}

/** Every cloud serves it, and nothing newer is used here. */
const API = "7.4" as const;

/** Wires the clients; loads and opens nothing. */
export function vaultClients({ url, trust, options, credential }: VaultAccess): VaultClients {
  const { policy, observe } = observedCalls();
  const login = lazily(async () => {
    const common = await options();
    return { credential: await credential(common), common };
  });
  const settings = (common: ClientOptions) => ({
    ...common,
    serviceVersion: API,
    disableChallengeResourceVerification: !trust.verifyChallenge,
    additionalPolicies: [policy, firstCallAlone()].map((each) => ({
      policy: each,
      position: "perCall" as const,
    })),
  });
  return {
    url,
    secrets: lazily(async () => {
      const { SecretClient } = await import("@azure/keyvault-secrets");
      const { credential, common } = await login();
      return new SecretClient(url, credential, settings(common));
    }),
    certificates: lazily(async () => {
      const { CertificateClient } = await import("@azure/keyvault-certificates");
      const { credential, common } = await login();
      return new CertificateClient(url, credential, settings(common));
    }),
    keys: lazily(async () => {
      const { KeyClient } = await import("@azure/keyvault-keys");
      const { credential, common } = await login();
      return new KeyClient(url, credential, settings(common));
    }),
    observe,
  };
}
