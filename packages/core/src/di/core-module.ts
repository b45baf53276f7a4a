import { ContainerModule } from "inversify";
import { createEventBus } from "../events/event-bus.js";
import { createSecretResolver } from "../resolve/create-secret-resolver.js";
import type { SecretResolver } from "../resolve/secret-resolver.js";
import {
  EVENT_BUS,
  RESOLVER,
  RESOLVER_SETTINGS,
  type ResolverSettings,
  type Stores,
  STORES,
} from "./tokens.js";

export interface CoreModuleOptions extends ResolverSettings {
  /** Left out where another module binds {@link STORES}, from configuration say. */
  readonly stores?: Stores;
}

/**
 * Binds the event bus and the resolver, one of each. Any of it can be replaced by its token.
 *
 * Closing takes time: unbind with `unbindAsync`, `unbindAllAsync` or `unloadAsync`, which dispose the resolver.
 */
export function coreModule({ stores, ...settings }: CoreModuleOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    if (stores !== undefined) bind(STORES).toConstantValue(stores);
    bind(RESOLVER_SETTINGS).toConstantValue(settings);
    bind(EVENT_BUS).toResolvedValue(createEventBus).inSingletonScope();
    bind(RESOLVER)
      .toResolvedValue(
        (from, how, events): SecretResolver => createSecretResolver({ ...how, stores: from, events }),
        [STORES, RESOLVER_SETTINGS, EVENT_BUS],
      )
      .inSingletonScope()
      .onDeactivation((resolver) => resolver[Symbol.asyncDispose]());
  });
}
