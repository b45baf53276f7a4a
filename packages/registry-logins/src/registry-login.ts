/** A user and a password for a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** Why there is no login though there should be one, and what to do. Quotes nothing of what a cloud says. */
export interface LoginProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** Logins for registries of one cloud, by the identity that the process has there. */
export interface RegistryLoginSource {
  /**
   * The login for a registry, by its host; `undefined` where it is none of this cloud's. Never rejects but with the
   * signal's reason.
   */
  loginFor(registry: string, signal: AbortSignal): Promise<RegistryLogin | LoginProblem | undefined>;
}
