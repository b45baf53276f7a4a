/** One secret asked of a provider. */
export interface SecretRequest {
  /** Opaque; the outcome carries it back. Unique within a call. */
  readonly id: string;
  readonly path: string;
  /** `field` is only sent to providers whose `fields` capability is `native`. */
  readonly selector: SecretSelector;
  readonly version: SecretVersion;
  /** Reading issues something new: it must not be cached, nor sent twice. */
  readonly volatile: boolean;
}

/** What of a secret is wanted: all of it, or one field. */
export type SecretSelector = { readonly kind: "whole" } | { readonly kind: "field"; readonly name: string };

/** Which version of a secret is wanted. */
export type SecretVersion =
  | { readonly kind: "latest" }
  | { readonly kind: "exact"; readonly version: string }
  | { readonly kind: "label"; readonly label: string };
