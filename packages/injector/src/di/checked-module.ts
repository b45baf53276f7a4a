import { closestName, SluiceError } from "@sluice/core";
import { dialectToken, type RegisteredParts, providerToken, strategyToken, TOKENS } from "@sluice/core/di";
import { ContainerModule, type ContainerModuleLoadOptions } from "inversify";

const MULTIPLE: ReadonlySet<unknown> = new Set([TOKENS.provider, TOKENS.dialect, TOKENS.strategy]);

/**
 * A module that says what is wrong with it: a container takes a token that nobody asks for without a word, and two bindings
 * of one token until somebody asks for it.
 */
export function checkedModule(module: ContainerModule, parts: RegisteredParts): ContainerModule {
  return new ContainerModule(async (options) => module.load(checked(options, parts)));
}

function checked(options: ContainerModuleLoadOptions, parts: RegisteredParts): ContainerModuleLoadOptions {
  const known = knownTokens(parts);
  const of = <Token>(token: Token): Token => {
    if (!known.has(token)) refuseStranger(token, Array.from(known.values()));
    return token;
  };
  return {
    ...options,
    bind: (token) => {
      const what = known.get(of(token));
      if (what !== undefined && !MULTIPLE.has(token) && options.isBound(token))
        throw wrong(`A module binds the ${what}, which is bound already`, "Take rebind in the place of bind");
      return options.bind(token);
    },
    rebind: (token) => options.rebind(of(token)),
    rebindAsync: async (token) => options.rebindAsync(of(token)),
    unbind: (token) => options.unbind(of(token)),
    unbindAsync: async (token) => options.unbindAsync(of(token)),
    onActivation: (token, activation) => options.onActivation(of(token), activation),
  };
}

/** Tokens of an injector's parts, with what they are called. */
function knownTokens({ providers, dialects, strategies }: RegisteredParts): ReadonlyMap<unknown, string> {
  return new Map<unknown, string>([
    ...providers.map(({ id }) => [providerToken(id), `provider ${id}`] as const),
    ...dialects.map(({ name }) => [dialectToken(name), `dialect ${name}`] as const),
    ...strategies.map(({ name }) => [strategyToken(name), `strategy ${name}`] as const),
    ...Object.entries(TOKENS).map(([name, token]) => [token, name] as const),
  ]);
}

/** Tokens that are not ours are the modules' own. */
function refuseStranger(token: unknown, known: readonly string[]): void {
  // As a name that TOKENS has not gives it, where nobody checks types.
  if (token === undefined)
    throw wrong(
      "A module binds undefined in the place of a token",
      `TOKENS has ${Object.keys(TOKENS).join(", ")}`,
    );
  const key = typeof token === "symbol" ? Symbol.keyFor(token) : undefined;
  const [, kind, name] = /^sluice\.(provider|dialect|strategy)\/(.*)$/s.exec(key ?? "") ?? [];
  if (kind === undefined || name === undefined) return;
  const names = known
    .filter((each) => each.startsWith(`${kind} `))
    .map((each) => each.slice(kind.length + 1));
  const closest = closestName(name, names);
  const others = names.length === 0 ? `There is no ${kind}` : `There are ${names.join(", ")}`;
  throw wrong(
    `A module binds the ${kind} ${name}, and the injector has none of that name`,
    closest === undefined ? `${others}; to add one, bind TOKENS.${kind}` : `Did you mean ${closest}?`,
  );
}

function wrong(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1103", kind: "configuration", problem, remedy });
}
