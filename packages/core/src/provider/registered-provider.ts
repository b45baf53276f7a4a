import type { AnyProvider } from "./define-provider.js";

/** A provider that is known by its id, and loaded when a configuration names it. */
export interface LazyProvider {
  /** The descriptor's own {@link AnyProvider.id}. */
  readonly id: string;
  /** Imports the package and gives its descriptor: `async () => (await import("acme")).acme`. */
  readonly load: () => Promise<AnyProvider>;
}

/** A provider as registries hold it: its descriptor, or how to get that. */
export type RegisteredProvider = AnyProvider | LazyProvider;

/**
 * The descriptor of a registered provider, imported if it is not there yet.
 *
 * @throws what importing it throws.
 */
export async function loadProvider(provider: RegisteredProvider): Promise<AnyProvider> {
  return "load" in provider ? provider.load() : provider;
}
