import type { DialectProblem } from "@sluice/core/dialect";
import type { RegistryLogin } from "./docker-config.js";

/** Logins that the webhook's own identity is given for the registries of a cloud. */
export interface RegistryLoginSource {
  /**
   * The login for a registry, by its host; why there is none though there should be; `undefined` where the registry is
   * none of this cloud's. Whoever writes a pod chooses the host: a source answers for hosts that only its cloud can have.
   */
  loginFor(registry: string, signal: AbortSignal): Promise<RegistryLogin | DialectProblem | undefined>;
}
