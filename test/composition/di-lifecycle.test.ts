import {
  createEventBus,
  defineProvider,
  DisposedError,
  loadProvider,
  type RegisteredProvider,
  SecretValue,
} from "@sluice/core";
import { coreModule, providerModule, TOKENS } from "@sluice/core/di";
import { Container, type ContainerModule } from "inversify";
import { describe, expect, it, vi } from "vitest";

/** A provider of one secret, its own name, that tells when it is closed. */
function named(id: string, onClose = vi.fn<() => void>()) {
  return defineProvider<object>({
    id,
    optionsSchema: { type: "object", additionalProperties: false },
    capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id: request }) => ({
          id: request,
          status: "found",
          value: SecretValue.fromText(id),
        })),
      [Symbol.asyncDispose]: async () => onClose(),
    }),
  });
}

describe("the container's end", () => {
  it.each<[string, (container: Container, module: ContainerModule) => Promise<unknown>]>([
    ["unbindAsync of the resolver", (container) => container.unbindAsync(TOKENS.resolver)],
    ["unbindAllAsync", (container) => container.unbindAllAsync()],
    ["unloadAsync of the module", (container, module) => container.unloadAsync(module)],
    ["rebindAsync of the resolver", (container) => container.rebindAsync(TOKENS.resolver)],
  ])("closes the resolver's providers: %s", async (_name, end) => {
    const onClose = vi.fn<() => void>();
    const module = coreModule({ stores: { dev: named("memory", onClose)({}) } });
    const container = new Container();
    await container.loadAsync(module);
    const resolver = container.get(TOKENS.resolver);
    await resolver.get("secret://dev/x");
    expect(onClose).not.toHaveBeenCalled();
    await end(container, module);
    expect(onClose).toHaveBeenCalledOnce();
    await expect(resolver.get("secret://dev/x")).rejects.toBeInstanceOf(DisposedError);
  });

  it("creates nothing only to close it", async () => {
    const onClose = vi.fn<() => void>();
    const container = new Container();
    await container.loadAsync(coreModule({ stores: { dev: named("memory", onClose)({}) } }));
    await container.unbindAllAsync();
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe("the resolver's settings", () => {
  it("can be made of the providers the container has, also if that takes time", async () => {
    const container = new Container();
    const two = { id: "two", load: async () => named("two") };
    await container.loadAsync(providerModule(named("one"), two), coreModule({ stores: {} }));
    (await container.rebindAsync(TOKENS.resolverSettings)).toResolvedValue(
      async (registered: RegisteredProvider[]) => {
        const providers = await Promise.all(registered.map(loadProvider));
        return {
          stores: Object.fromEntries(providers.map((provider) => [provider.id, provider({} as never)])),
        };
      },
      [{ serviceIdentifier: TOKENS.provider, isMultiple: true }],
    );
    const resolver = await container.getAsync(TOKENS.resolver);
    expect((await resolver.get("secret://two/x")).text()).toBe("two");
    await container.unbindAllAsync();
  });

  it("reach the resolver, all but the event bus, which has a binding of its own", async () => {
    const container = new Container();
    await container.loadAsync(coreModule({ stores: { dev: named("memory")({}) }, cache: false }));
    const bus = createEventBus();
    (await container.rebindAsync(TOKENS.events)).toConstantValue(bus);
    const sources: string[] = [];
    bus.on("secret-resolved", ({ source }) => sources.push(source));
    const resolver = container.get(TOKENS.resolver);
    await resolver.get("secret://dev/x");
    await resolver.get("secret://dev/x");
    expect(sources).toEqual(["provider", "provider"]);
    await container.unbindAllAsync();
  });
});
