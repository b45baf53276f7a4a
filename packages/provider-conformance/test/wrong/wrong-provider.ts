import {
  defineProvider,
  type ProviderDefinition,
  type SecretFound,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  SecretValue,
} from "@sluice/core";
import { NETWORK } from "../reference/memory-connection.js";
import { MEMORY, type memory, type MemoryOptions } from "../reference/memory-provider.js";
import { MemoryServer } from "../reference/memory-server.js";

/** What is different about a wrong provider. */
export interface Fault {
  readonly definition?: Partial<ProviderDefinition<MemoryOptions>>;
  /** Other verbs than those of the right provider; called when it is created. */
  readonly verbs?: Verbs;
  readonly descriptor?: (right: typeof memory) => object;
}

export type Verbs = (right: Required<SecretProvider>, server: () => MemoryServer) => object;

/** Wrong providers by what is wrong with them, by the number that forbids it. */
export type WrongProviders = Readonly<Record<string, Readonly<Record<string, Fault | Verbs>>>>;

/** The reference provider with a fault. */
export function wrongProvider(fault: Fault | Verbs): typeof memory {
  const { definition, verbs, descriptor }: Fault = typeof fault === "function" ? { verbs: fault } : fault;
  const wrong = defineProvider<MemoryOptions>({
    ...MEMORY,
    create: (options, dependencies) => {
      const right = MEMORY.create(options, dependencies) as Required<SecretProvider>;
      const server = (): MemoryServer => NETWORK.get(options.address) ?? new MemoryServer();
      return { ...right, ...verbs?.(right, server) };
    },
    ...definition,
  });
  return (descriptor?.(wrong) ?? wrong) as typeof memory;
}

/** Alters every outcome. */
export function outcomes(
  alter: (outcome: SecretOutcome, request: SecretRequest, server: MemoryServer) => unknown,
): Verbs {
  return (right, server) => ({
    resolve: async (...[requests, context]: Parameters<SecretProvider["resolve"]>) => {
      const answers = await right.resolve(requests, context);
      return answers.map((outcome, index) => alter(outcome, requests[index] as SecretRequest, server()));
    },
  });
}

/** Alters every outcome that is `found`. */
export function found(
  alter: (outcome: SecretFound, request: SecretRequest, server: MemoryServer) => unknown,
): Verbs {
  return outcomes((outcome, request, server) =>
    outcome.status === "found" ? alter(outcome, request, server) : outcome,
  );
}

/** Alters the bytes of everything found. */
export function bytes(alter: (bytes: Buffer) => Uint8Array): Verbs {
  const altered = (value: SecretValue): SecretValue =>
    SecretValue.fromBytes(alter(Buffer.from(value.bytes())));
  return found(({ value, ...outcome }) => ({
    ...outcome,
    value: SecretValue.isInstance(value)
      ? altered(value)
      : new Map(Array.from(value, ([name, entry]) => [name, altered(entry)])),
  }));
}

/** Alters every request. */
export function requests(alter: (request: SecretRequest) => SecretRequest): Verbs {
  return (right) => ({
    resolve: async (...[asked, context]: Parameters<SecretProvider["resolve"]>) =>
      right.resolve(asked.map(alter), context),
  });
}

/** The text of what was found; nothing for a map. */
export function textOf({ value }: SecretFound): string {
  return SecretValue.isInstance(value) ? value.text() : "";
}

/** The object without one of its properties. */
export function without<All extends object, Name extends keyof All & string>(
  all: All,
  name: Name,
): Omit<All, Name> {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== name)) as Omit<All, Name>;
}
