import { tmpdir } from "node:os";
import type { ProviderDependencies, SecretProvider, StoreDefinition } from "@sluice/core";
import type { Subject } from "../subject.js";

/** Creates a provider with what the subject wants it to be handed. */
export function createProvider(
  { store, dependencies }: Pick<Subject, "store" | "dependencies">,
  definition: StoreDefinition = store,
  more: Partial<ProviderDependencies> = {},
): SecretProvider {
  return definition.create({
    store: "conformance",
    baseDirectory: tmpdir(),
    environment: {},
    ...dependencies,
    ...more,
  });
}
