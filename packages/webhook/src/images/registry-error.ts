/** Why an image's configuration cannot be had. Never holds a login or a token. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";

  constructor(
    /** `not-found` and `denied` are the registry's word; `unavailable` is no word at all. */
    readonly kind: "not-found" | "denied" | "unavailable" | "invalid",
    message: string,
  ) {
    super(message);
  }
}
