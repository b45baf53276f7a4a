import type { LazyDialect } from "@sluice/core/dialect";

const load = async () => import("@sluice/dialects");

/** Notations of the reference distribution, in the order in which they are asked. Imported when a command reads pods. */
export const BUILT_IN_DIALECTS: readonly LazyDialect[] = [
  { name: "sluice", load: async () => (await load()).sluice() },
  { name: "atarraya", load: async () => (await load()).atarraya() },
  { name: "akv2k8s", load: async () => (await load()).akv2k8s() },
  { name: "bank-vaults", load: async () => (await load()).defineBankVaults() },
  { name: "secrets-init", load: async () => (await load()).secretsInit() },
  { name: "vault-k8s", load: async () => (await load()).defineVaultK8s() },
  { name: "vault-sidecar-injector", load: async () => (await load()).defineVaultSidecarInjector() },
  {
    name: "kees",
    load: async () => {
      const [{ defineKees }, { isKeesInit }] = await Promise.all([load(), import("@sluice/webhook")]);
      return defineKees({ isInit: isKeesInit });
    },
  },
];
