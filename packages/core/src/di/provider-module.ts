import { ContainerModule } from "inversify";
import type { AnyProvider } from "../provider/define-provider.js";
import { PROVIDER } from "./tokens.js";

/** Adds a provider to those that configuration may name. */
export function providerModule(provider: AnyProvider): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(PROVIDER).toConstantValue(provider);
  });
}
