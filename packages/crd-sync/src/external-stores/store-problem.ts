/** A store cannot be used: which field, why, and what to do instead. For people; it quotes no value. */
export class StoreProblem extends Error {
  override readonly name = "StoreProblem";

  constructor(field: string, why: string, instead: string) {
    super(`spec.${field} ${why}: ${instead}`);
  }
}
