import { ContainerModule } from "inversify";
import type { AnyProvider } from "../provider/define-provider.js";
import { TOKENS } from "./tokens.js";

/** Makes providers known to the container: `container.getAll(TOKENS.provider)` has them all. */
export function providerModule(...providers: readonly AnyProvider[]): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const provider of providers) bind(TOKENS.provider).toConstantValue(provider);
  });
}
