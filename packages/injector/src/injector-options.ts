import type { RegisteredProvider } from "@sluice/core";
import type { RegisteredDialect } from "@sluice/core/dialect";
import type { RegisteredStrategy } from "@sluice/core/mutation";
import type { RegisteredMode } from "@sluice/mode";
import type { ContainerModule } from "inversify";

/** What an injector is composed of. */
export interface InjectorOptions {
  /** What its users call it, and what its messages begin with; `injector` by default. */
  readonly name?: string;
  /** What it is for, in a sentence; help begins with it. */
  readonly description?: string;
  /** Its version, or what finds it out; that of this package by default. */
  readonly version?: string | (() => Promise<string>);
  /** What configurations can name as `provider`; none by default. */
  readonly providers?: readonly RegisteredProvider[];
  /** Notations of pods; the first that knows a variable reads it. None by default. */
  readonly dialects?: readonly RegisteredDialect[];
  /** Ways to change pods, in this order if they do not say another. None by default. */
  readonly strategies?: readonly RegisteredStrategy[];
  /**
   * Bound after all of these, in this order: they replace, decorate, remove and add parts, by the tokens of `@sluice/core/di`.
   * The container is loaded only where there are some.
   */
  readonly modules?: readonly ContainerModule[];
  /** What it can do. */
  readonly modes: readonly RegisteredMode[];
}
