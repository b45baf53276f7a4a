import { SluiceError } from "@sluice/core";
import {
  dialectToken,
  type RegisteredParts,
  partsModule,
  providerToken,
  strategyToken,
  TOKENS,
} from "@sluice/core/di";
import type { ModeContext } from "@sluice/mode";
import { Container, type ContainerModule, type ServiceIdentifier } from "inversify";
import { checkedModule } from "./checked-module.js";

/** The parts as modules have left them. Disposing of it disposes of what the modules bound. */
export interface ComposedParts
  extends
    Pick<ModeContext, "providers" | "dialects" | "strategies" | "createEvents" | "createResolver">,
    AsyncDisposable {}

/**
 * Binds the parts, then lets modules replace, decorate, remove and add some, in their order. What is bound is made when a mode asks
 * for it: a mode sees names and what loads them, never the container.
 *
 * @throws SluiceError `SLU1103` for a token of a part that there is not, and for one that is bound twice
 */
export async function composeParts(
  parts: RegisteredParts,
  modules: readonly ContainerModule[],
): Promise<ComposedParts> {
  const container = new Container();
  await container.loadAsync(partsModule(parts));
  for (const module of modules) await container.loadAsync(checkedModule(module, parts));

  const get = async <Part>(token: ServiceIdentifier<Part>, what: string): Promise<Part> => {
    try {
      return await container.getAsync(token);
    } catch (thrown) {
      throw notMade(what, thrown);
    }
  };
  const named = <Part>(
    names: readonly string[],
    kind: string,
    tokenOf: (name: string) => ServiceIdentifier<Part>,
  ) =>
    names
      .filter((name) => container.isBound(tokenOf(name)))
      .map((name) => ({ name, load: async () => get(tokenOf(name), `${kind} ${name}`) }));
  const added = async <Part>(token: ServiceIdentifier<Part>): Promise<readonly Part[]> =>
    container.isBound(token) ? container.getAllAsync(token) : [];

  const ids = parts.providers.map(({ id }) => id);
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return {
    providers: [
      ...named(ids, "provider", providerToken).map(({ name, load }) => ({ id: name, load })),
      ...(await added(TOKENS.provider)),
    ],
    dialects: [...named(names(parts.dialects), "dialect", dialectToken), ...(await added(TOKENS.dialect))],
    strategies: [
      ...named(names(parts.strategies), "strategy", strategyToken),
      ...(await added(TOKENS.strategy)),
    ],
    createEvents: () => container.get(TOKENS.events),
    createResolver: container.get(TOKENS.createResolver),
    [Symbol.asyncDispose]: async () => container.unbindAllAsync(),
  };
}

function notMade(what: string, thrown: unknown): unknown {
  // The container's own words are about tokens; anybody else's may quote what they like.
  if (!(thrown instanceof Error) || !thrown.constructor.name.startsWith("Inversify")) return thrown;
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `The ${what} cannot be made: ${thrown.message.split("\n")[0]}`,
    remedy: "Correct the module that binds it, or what it depends on",
  });
}
