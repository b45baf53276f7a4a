import { ContainerModule } from "inversify";
import type { RegisteredProvider } from "../provider/registered-provider.js";
import { TOKENS } from "./tokens.js";

/** Makes providers known to the container: `container.getAll(TOKENS.provider)` has them all, loaded or not. */
export function providerModule(...providers: readonly RegisteredProvider[]): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const provider of providers) bind(TOKENS.provider).toConstantValue(provider);
  });
}
