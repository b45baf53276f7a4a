import type { ServiceIdentifier } from "inversify";
import type { Dialect } from "../dialect/dialect.js";
import type { DialectDefinition } from "../dialect/registered-dialect.js";
import type { MutationStrategy } from "../mutation/mutation-strategy.js";
import type { AnyProvider } from "../provider/define-provider.js";

/** Where an injector's provider of this id is bound. Rebind it to replace the provider, unbind it to remove it. */
export function providerToken(id: string): ServiceIdentifier<AnyProvider> {
  return Symbol.for(`sluice.provider/${id}`);
}

/** Where an injector's dialect of this name is bound. Rebind it to replace the dialect, unbind it to remove it. */
export function dialectToken(name: string): ServiceIdentifier<Dialect | DialectDefinition> {
  return Symbol.for(`sluice.dialect/${name}`);
}

/** Where an injector's strategy of this name is bound. Rebind it to replace the strategy, unbind it to remove it. */
export function strategyToken(name: string): ServiceIdentifier<MutationStrategy> {
  return Symbol.for(`sluice.strategy/${name}`);
}
