import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createEventBus,
  defineProvider,
  DisposedError,
  SecretValue,
  type SecretResolver,
} from "@sluice/core";
import { coreModule, providerModule, TOKENS } from "@sluice/core/di";
import { file } from "@sluice/provider-file";
import { Container, type Newable } from "inversify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const TEST = fileURLToPath(new URL("..", import.meta.url));

function memory(password: string, onClose = vi.fn<() => void>()) {
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: { type: "object", additionalProperties: false },
    capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) =>
        requests.map(({ id }) => ({ id, status: "found", value: SecretValue.fromText(password) })),
      [Symbol.asyncDispose]: async () => onClose(),
    }),
  });
  return { provider, onClose };
}

async function containerWith(password: string, onClose = vi.fn<() => void>()) {
  const { provider } = memory(password, onClose);
  const container = new Container();
  await container.loadAsync(providerModule(provider, file), coreModule({ stores: { dev: provider({}) } }));
  return container;
}

describe("the container", () => {
  it("wires resolver, events and providers from modules", async () => {
    const container = await containerWith("p4ss");
    const resolver = container.get(TOKENS.resolver);
    const seen = vi.fn<(event: { reference: string }) => void>();
    container.get(TOKENS.events).on("secret-resolved", seen);
    expect((await resolver.get("secret://dev/password")).text()).toBe("p4ss");
    expect(seen).toHaveBeenCalledWith(expect.objectContaining({ reference: "secret://dev/password" }));
    expect(container.get(TOKENS.resolver)).toBe(resolver);
    expect(container.getAll(TOKENS.provider).map(({ id }) => id)).toEqual(["memory", "file"]);
  });

  it("lets a part be replaced by its token", async () => {
    const container = await containerWith("p4ss");
    const mine = createEventBus();
    (await container.rebindAsync(TOKENS.events)).toConstantValue(mine);
    const seen = vi.fn<() => void>();
    mine.on("secret-resolved", seen);
    await container.get(TOKENS.resolver).get("secret://dev/password");
    expect(seen).toHaveBeenCalledOnce();
  });

  it("lets a part be decorated", async () => {
    const container = await containerWith("p4ss");
    const asked: unknown[] = [];
    container.onActivation(TOKENS.resolver, (_context, resolver): SecretResolver => ({
      ...resolver,
      get: async (reference, options) => {
        asked.push(reference);
        return resolver.get(reference, options);
      },
    }));
    await container.get(TOKENS.resolver).get("secret://dev/password");
    expect(asked).toEqual(["secret://dev/password"]);
  });

  it("disposes of the resolver and its providers when it is emptied", async () => {
    const onClose = vi.fn<() => void>();
    const container = await containerWith("p4ss", onClose);
    const resolver = container.get(TOKENS.resolver);
    await resolver.get("secret://dev/password");
    await container.unbindAllAsync();
    expect(onClose).toHaveBeenCalledOnce();
    const thrown: unknown = await resolver.get("secret://dev/password").catch((error: unknown) => error);
    expect(DisposedError.isInstance(thrown)).toBe(true);
  });
});

describe("a decorated class of a user's", () => {
  let compiled: string;
  beforeAll(() => {
    // Inside the test package, where its imports resolve.
    compiled = mkdtempSync(join(TEST, ".compiled-"));
    const tsc = join(TEST, "../node_modules/.bin/tsc");
    execFileSync(tsc, ["-p", join(TEST, "fixtures/decorated"), "--outDir", compiled], { stdio: "pipe" });
  });
  afterAll(() => rmSync(compiled, { recursive: true, force: true }));

  it("binds beside our factories", async () => {
    interface ConnectionString {
      read(): Promise<string>;
    }
    const url = pathToFileURL(join(compiled, "connection-string.js")).href;
    const module = (await import(/* @vite-ignore */ url)) as { ConnectionString: Newable<ConnectionString> };
    const container = await containerWith("p4ss");
    container.bind(module.ConnectionString).toSelf();
    expect(await container.get(module.ConnectionString).read()).toBe("postgres://app:p4ss@db");
  });
});
