/** An `ExternalSecret` asks for what cannot be done: which field, why, and what to do instead. */
export class ExternalSecretProblem extends Error {
  override readonly name = "ExternalSecretProblem";

  constructor(field: string, why: string, instead: string) {
    super(`spec.${field} ${why}: ${instead}`);
  }
}
