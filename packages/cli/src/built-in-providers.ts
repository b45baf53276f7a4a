import type { LazyProvider } from "@sluice/core";

/** Providers of the reference distribution. A provider's package is imported when a configuration names it. */
export const BUILT_IN_PROVIDERS: readonly LazyProvider[] = [
  { id: "file", load: async () => (await import("@sluice/provider-file")).file },
  { id: "ssm", load: async () => (await import("@sluice/provider-ssm")).ssm },
  { id: "secrets-manager", load: async () => (await import("@sluice/provider-ssm")).secretsManager },
  { id: "azure-key-vault", load: async () => (await import("@sluice/provider-azure")).azureKeyVault },
  { id: "vault", load: async () => (await import("@sluice/provider-vault")).vault },
  { id: "kubernetes", load: async () => (await import("@sluice/provider-kubernetes")).kubernetes },
];
