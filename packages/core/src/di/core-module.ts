import { ContainerModule } from "inversify";
import { createEventBus } from "../events/event-bus.js";
import { createSecretResolver } from "../resolve/create-secret-resolver.js";
import { type ResolverSettings, TOKENS } from "./tokens.js";

/**
 * The event bus and the resolver, one of each. Unloading the module, or `container.unbindAllAsync()`, disposes
 * of the resolver: await it.
 */
export function coreModule(settings: ResolverSettings): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.resolverSettings).toConstantValue(settings);
    bind(TOKENS.events)
      .toResolvedValue(() => createEventBus())
      .inSingletonScope();
    bind(TOKENS.resolver)
      .toResolvedValue(
        (options, events) => createSecretResolver({ ...options, events }),
        [TOKENS.resolverSettings, TOKENS.events],
      )
      .inSingletonScope()
      .onDeactivation(async (resolver) => resolver[Symbol.asyncDispose]());
  });
}
