import type { Mode } from "@sluice/mode";
import { webhook } from "@sluice/webhook/mode";

const load = async () => import("@sluice/registry-logins");

/** The webhook, which can log in to the image registries of clouds. */
export function webhookWithLogins(): Mode {
  return webhook({
    cloudLogins: {
      ecr: async () => (await load()).ecrLogins(),
      acr: async () => (await load()).acrLogins(),
      gcr: async () => (await load()).gcrLogins(),
    },
  });
}
