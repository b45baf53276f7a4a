import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type AnyProvider,
  createSecretResolver,
  defineProvider,
  loadProvider,
  SecretValue,
  type StoreDefinition,
} from "@sluice/core";
import { dialectToken, providerToken, strategyToken, TOKENS } from "@sluice/core/di";
import { type Dialect, loadDialect } from "@sluice/core/dialect";
import { loadStrategies, type MutationStrategy } from "@sluice/core/mutation";
import { createInjector } from "@sluice/injector";
import type { Pod } from "@sluice/core/pod";
import type { Mode, ModeContext } from "@sluice/mode";
import { ContainerModule, type Newable } from "inversify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { recordedOutput } from "./recorded-output.js";

const TEST = fileURLToPath(new URL("..", import.meta.url));

const memory = (value: string) =>
  defineProvider<object>({
    id: "memory",
    optionsSchema: { type: "object", additionalProperties: false },
    capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id }) => ({ id, status: "found", value: SecretValue.fromText(value) })),
    }),
  });

const dialect = (name: string): Dialect => ({
  name,
  appliesTo: () => true,
  readVariable: () => ({ text: `secret://${name}/x` }),
});

const strategy = (name: string, more: Partial<MutationStrategy> = {}): MutationStrategy => ({
  name,
  appliesTo: () => true,
  apply: (pod) => ({ ...pod, metadata: { ...pod.metadata, name: `${pod.metadata?.name ?? ""}${name};` } }),
  ...more,
});

/** Does something in a mode of an injector with these modules. Gives what that gives, or throws what the injector says. */
async function inMode<Result>(
  modules: readonly ContainerModule[],
  work: (context: ModeContext) => Promise<Result>,
): Promise<Result> {
  let done: { result: Result } | { thrown: unknown } | undefined;
  const probe: Mode = {
    name: "probe",
    commands: [
      {
        name: "probe",
        group: "On a machine",
        summary: "do what a test does",
        load: async () => (command, context) => {
          command.action(async () => {
            done = await work(context).then(
              (result) => ({ result }),
              (thrown: unknown) => ({ thrown }),
            );
          });
        },
      },
    ],
  };
  const injector = createInjector({
    providers: [memory("ours"), { id: "lazy", load: async () => memory("lazy") }],
    dialects: [dialect("first"), { name: "second", load: async () => dialect("second") }],
    strategies: [strategy("one"), { name: "two", load: async () => strategy("two") }, strategy("three")],
    modes: [probe],
    modules,
  });
  const { output, said } = recordedOutput();
  const code = await injector.main(["node", "injector", "probe"], { output });
  if (done === undefined) throw new Error(`${said.join("\n")} (${code})`);
  if ("thrown" in done) throw done.thrown;
  return done.result;
}

async function valueOf(
  { providers, createResolver, createEvents }: ModeContext,
  id: string,
): Promise<string> {
  const found = providers.find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no provider ${id}`);
  const provider = (await loadProvider(found)) as unknown as (options: object) => StoreDefinition;
  await using secrets = createResolver({ stores: { s: provider({}) }, events: createEvents() });
  return (await secrets.get("secret://s/x")).text();
}

const namesOf = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

/** What the strategies make of a pod without a name. */
async function appliedBy({ strategies }: ModeContext): Promise<string | undefined> {
  const pod = { spec: { containers: [] } };
  const context = { pod, plans: new Map(), imageCommands: new Map(), settings: {} };
  const loaded = await loadStrategies(strategies);
  return loaded.reduce<Pod>((changed, each) => each.apply(changed, context), pod).metadata?.name;
}

type Load = ConstructorParameters<typeof ContainerModule>[0];

describe("without modules", () => {
  it("a mode is given the parts as they are", async () => {
    await inMode([], async (context) => {
      expect(context.providers.map(({ id }) => id)).toEqual(["memory", "lazy"]);
      expect(namesOf(context.dialects)).toEqual(["first", "second"]);
      expect(await appliedBy(context)).toBe("one;two;three;");
      expect(await valueOf(context, "lazy")).toBe("lazy");
    });
  });
});

describe("a provider", () => {
  it("can be replaced", async () => {
    const module = new ContainerModule(({ rebind }) => {
      rebind(providerToken("lazy")).toConstantValue(memory("theirs"));
    });
    expect(await inMode([module], async (context) => valueOf(context, "lazy"))).toBe("theirs");
    expect(await inMode([module], async (context) => valueOf(context, "memory"))).toBe("ours");
  });

  it("can be decorated", async () => {
    const asked: string[] = [];
    const module = new ContainerModule(({ onActivation }) => {
      onActivation(providerToken("memory"), (_, provider): AnyProvider =>
        defineProvider({
          ...provider,
          create: (options: never, dependencies) => {
            const inner = provider.create(options, dependencies);
            return {
              ...inner,
              resolve: async (requests, ctx) => {
                asked.push(...requests.map(({ path }) => path));
                return inner.resolve(requests, ctx);
              },
            };
          },
        }),
      );
    });
    expect(await inMode([module], async (context) => valueOf(context, "memory"))).toBe("ours");
    expect(asked).toEqual(["x"]);
  });

  it("can be removed, and another added", async () => {
    const module = new ContainerModule(({ unbind, bind }) => {
      unbind(providerToken("memory"));
      bind(TOKENS.provider).toConstantValue({ id: "added", load: async () => memory("added") });
    });
    await inMode([module], async (context) => {
      expect(context.providers.map(({ id }) => id)).toEqual(["lazy", "added"]);
      expect(await valueOf(context, "added")).toBe("added");
    });
  });
});

describe("a dialect", () => {
  const readBy = async ({ dialects }: ModeContext): Promise<unknown[]> => {
    const definitions = await Promise.all(dialects.map(loadDialect));
    return definitions.map((each) => each.create({}).readVariable({} as never, {} as never));
  };

  it("can be replaced", async () => {
    const module = new ContainerModule(({ rebind }) => {
      rebind(dialectToken("first")).toConstantValue(dialect("theirs"));
    });
    expect(await inMode([module], readBy)).toEqual([
      { text: "secret://theirs/x" },
      { text: "secret://second/x" },
    ]);
  });

  it("can be decorated", async () => {
    const module = new ContainerModule(({ onActivation }) => {
      onActivation(dialectToken("second"), (_, inner) =>
        "create" in inner ? inner : { ...inner, readVariable: () => ({ text: `secret://${inner.name}/y` }) },
      );
    });
    expect(await inMode([module], readBy)).toEqual([
      { text: "secret://first/x" },
      { text: "secret://second/y" },
    ]);
  });

  it("can be removed, and another added", async () => {
    const module = new ContainerModule(({ unbind, bind }) => {
      unbind(dialectToken("second"));
      bind(TOKENS.dialect).toConstantValue(dialect("added"));
    });
    expect(await inMode([module], async ({ dialects }) => namesOf(dialects))).toEqual(["first", "added"]);
  });
});

describe("a strategy", () => {
  it("can be replaced", async () => {
    const module = new ContainerModule(({ rebind }) => {
      rebind(strategyToken("two")).toConstantValue(strategy("theirs"));
    });
    expect(await inMode([module], appliedBy)).toBe("one;theirs;three;");
  });

  it("can be decorated", async () => {
    const module = new ContainerModule(({ onActivation }) => {
      onActivation(strategyToken("two"), (_, inner) => ({
        ...inner,
        apply: (pod, given) => inner.apply(inner.apply(pod, given), given),
      }));
    });
    expect(await inMode([module], appliedBy)).toBe("one;two;two;three;");
  });

  it("can be removed, and one added that says where it comes", async () => {
    const module = new ContainerModule(({ unbind, bind }) => {
      unbind(strategyToken("two"));
      bind(TOKENS.strategy).toConstantValue(strategy("added", { before: ["three"], after: ["one"] }));
    });
    expect(await inMode([module], appliedBy)).toBe("one;added;three;");
  });

  it("sees what the modules before it did", async () => {
    const named = (name: string) =>
      new ContainerModule(({ rebind }) => {
        rebind(strategyToken("two")).toConstantValue(strategy(name));
      });
    expect(await inMode([named("mine"), named("yours")], appliedBy)).toBe("one;yours;three;");
  });
});

describe("a service", () => {
  it("can be decorated: every mode's events are heard", async () => {
    const heard: string[] = [];
    const module = new ContainerModule(({ onActivation }) => {
      onActivation(TOKENS.events, (_, events) => {
        events.on("secret-resolved", ({ reference }) => heard.push(reference));
        return events;
      });
    });
    await inMode([module], async (context) => {
      await valueOf(context, "memory");
      await valueOf(context, "memory");
      expect(context.createEvents()).not.toBe(context.createEvents());
    });
    expect(heard).toEqual(["secret://s/x", "secret://s/x"]);
  });

  it("can be replaced", async () => {
    const made = vi.fn<() => void>();
    const create: typeof createSecretResolver = (options) => {
      made();
      return createSecretResolver(options);
    };
    const module = new ContainerModule(({ rebind }) => {
      rebind(TOKENS.createResolver).toConstantValue(create);
    });
    await inMode([module], async (context) => valueOf(context, "memory"));
    expect(made).toHaveBeenCalledOnce();
  });

  it("of a module's own is disposed of in the end", async () => {
    const token = Symbol("a service of theirs");
    const closed = vi.fn<() => void>();
    const module = new ContainerModule(({ bind, onActivation }) => {
      bind(token)
        .toDynamicValue(() => "open")
        .inSingletonScope()
        .onDeactivation(closed);
      onActivation(strategyToken("two"), (context, inner) => ({
        ...inner,
        name: `two-${context.get<string>(token)}`,
      }));
    });
    const names = await inMode([module], async ({ strategies }) => namesOf(await loadStrategies(strategies)));
    expect(names).toEqual(["one", "two-open", "three"]);
    expect(closed).toHaveBeenCalledOnce();
  });
});

describe("a decorated class of a user's", () => {
  let compiled: string;
  beforeAll(() => {
    compiled = mkdtempSync(join(TEST, ".compiled-"));
    const tsc = join(TEST, "../node_modules/.bin/tsc");
    execFileSync(tsc, ["-p", join(TEST, "fixtures/decorated"), "--outDir", compiled], { stdio: "pipe" });
  });
  afterAll(() => rmSync(compiled, { recursive: true, force: true }));

  it("takes the place of a strategy, and is handed another", async () => {
    const url = pathToFileURL(join(compiled, "twice.js")).href;
    const { Twice } = (await import(/* @vite-ignore */ url)) as { Twice: Newable<MutationStrategy> };
    const module = new ContainerModule(({ rebind }) => void rebind(strategyToken("two")).to(Twice));
    expect(await inMode([module], appliedBy)).toBe("one;three;three;three;");
  });
});

describe("what is wrong with a module is said", () => {
  it.each<[string, Load, RegExp]>([
    [
      "a strategy",
      ({ rebind }) => void rebind(strategyToken("thre")),
      /strategy thre.*\n.*Did you mean three\?/,
    ],
    [
      "a provider",
      ({ unbind }) => unbind(providerToken("vault")),
      /provider vault.*\n.*There are memory, lazy/,
    ],
    [
      "a dialect",
      ({ bind }) => void bind(dialectToken("x")),
      /dialect x.*\n.*to add one, bind TOKENS\.dialect/,
    ],
    [
      "a service",
      ({ bind }) => void bind((TOKENS as Readonly<Record<string, symbol>>)["resolver"] as symbol),
      /binds undefined.*\n.*TOKENS has provider, dialect, strategy, createResolver, events/,
    ],
  ])("there is no such part: %s", async (_, load, said) => {
    const work = inMode([new ContainerModule(load)], async () => Promise.resolve());
    await expect(work).rejects.toThrow(/^injector: SLU1103: .*\(78\)$/s);
    await expect(work).rejects.toThrow(said);
  });

  it.each<[string, Load, RegExp]>([
    [
      "a strategy",
      ({ bind }) => void bind(strategyToken("two")),
      /strategy two, which is bound already.*\n.*rebind/,
    ],
    ["a service", ({ bind }) => void bind(TOKENS.events), /events, which is bound already.*\n.*rebind/],
  ])("a token is bound twice: %s", async (_, load, said) => {
    const work = inMode([new ContainerModule(load)], async () => Promise.resolve());
    await expect(work).rejects.toThrow(said);
  });

  it("a part depends on what nobody binds", async () => {
    const module = new ContainerModule(({ rebind }) => {
      rebind(strategyToken("two")).toResolvedValue(
        (name: string) => strategy(name),
        [Symbol.for("acme.name")],
      );
    });
    await expect(inMode([module], appliedBy)).rejects.toThrow(/strategy two cannot be made: .*acme\.name/);
  });

  it("strategies are in no possible order", async () => {
    const module = new ContainerModule(({ bind }) => {
      bind(TOKENS.strategy).toConstantValue(strategy("mine", { before: ["one"], after: ["one"] }));
    });
    await expect(inMode([module], appliedBy)).rejects.toThrow(/before another/);
  });
});
