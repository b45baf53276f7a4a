import type { Grant } from "./grant.js";
import { azureRbac } from "./targets/azure-rbac.js";
import { storeAccess } from "./targets/store-access.js";
import { terraformSsm } from "./targets/terraform-ssm.js";
import { vaultPolicy } from "./targets/vault-policy.js";

/** What a policy can be written for. */
export type TargetName = "terraform-ssm" | "azure-rbac" | "vault" | "store";

/** One sort of policy. */
export interface PolicyTarget {
  /** Ids of the providers whose stores it is for; all where it does not say. */
  readonly providers?: readonly string[];
  /** Whether it is about what the broker reads for workloads, and not about what they read themselves. */
  readonly isOfBroker?: boolean;
  /**
   * @param grants - Never empty, and of its own stores only
   * @throws SluiceError `SLU1402` for what cannot be granted without granting more
   */
  readonly render: (grants: readonly Grant[]) => string;
}

/** Every sort of policy, by its name. */
export const TARGETS: Readonly<Record<TargetName, PolicyTarget>> = {
  "terraform-ssm": terraformSsm,
  "azure-rbac": azureRbac,
  vault: vaultPolicy,
  store: storeAccess,
};

/** Names of all sorts of policy. */
export const TARGET_NAMES: readonly TargetName[] = Object.keys(TARGETS) as TargetName[];
