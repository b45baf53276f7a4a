import type { ServiceIdentifier } from "inversify";
import type { EventBus } from "../events/event-bus.js";
import type { RegisteredDialect } from "../dialect/registered-dialect.js";
import type { RegisteredStrategy } from "../mutation/registered-strategy.js";
import type { RegisteredProvider } from "../provider/registered-provider.js";
import type { createSecretResolver } from "../resolve/create-secret-resolver.js";

/**
 * Where the parts of Sluice are bound. Bind or rebind one to add, replace or decorate a part. The symbols are
 * registered, so that they are the same in every copy of this package.
 */
export const TOKENS: {
  /** A provider that an injector has besides its own; bound once for each. */
  readonly provider: ServiceIdentifier<RegisteredProvider>;
  /** A dialect that an injector has besides its own; bound once for each. They are asked after its own. */
  readonly dialect: ServiceIdentifier<RegisteredDialect>;
  /** A strategy that an injector has besides its own; bound once for each. It says itself where it comes. */
  readonly strategy: ServiceIdentifier<RegisteredStrategy>;
  /** In an injector each mode gets one of its own. */
  readonly events: ServiceIdentifier<EventBus>;
  /** What makes the resolvers of an injector: a mode has as many as it needs. */
  readonly createResolver: ServiceIdentifier<typeof createSecretResolver>;
} = {
  provider: Symbol.for("sluice.provider"),
  dialect: Symbol.for("sluice.dialect"),
  strategy: Symbol.for("sluice.strategy"),
  createResolver: Symbol.for("sluice.create-resolver"),
  events: Symbol.for("sluice.events"),
};
