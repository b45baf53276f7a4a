import { ContainerModule } from "inversify";
import { createEventBus } from "../events/event-bus.js";
import type { RegisteredDialect } from "../dialect/registered-dialect.js";
import type { RegisteredStrategy } from "../mutation/registered-strategy.js";
import { loadProvider, type RegisteredProvider } from "../provider/registered-provider.js";
import { createSecretResolver } from "../resolve/create-secret-resolver.js";
import { dialectToken, providerToken, strategyToken } from "./part-tokens.js";
import { TOKENS } from "./tokens.js";

/** The parts that an injector is composed of. */
export interface RegisteredParts {
  readonly providers: readonly RegisteredProvider[];
  readonly dialects: readonly RegisteredDialect[];
  readonly strategies: readonly RegisteredStrategy[];
}

/** Each part of an injector by its own token, imported when it is first asked for, and what makes events and resolvers. */
export function partsModule({ providers, dialects, strategies }: RegisteredParts): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const each of providers)
      bind(providerToken(each.id))
        .toDynamicValue(async () => loadProvider(each))
        .inSingletonScope();
    for (const each of dialects)
      bind(dialectToken(each.name))
        .toDynamicValue(async () => ("load" in each ? each.load() : each))
        .inSingletonScope();
    for (const each of strategies)
      bind(strategyToken(each.name))
        .toDynamicValue(async () => ("load" in each ? each.load() : each))
        .inSingletonScope();
    bind(TOKENS.events)
      .toDynamicValue(() => createEventBus())
      .inTransientScope();
    bind(TOKENS.createResolver).toConstantValue(createSecretResolver);
  });
}
