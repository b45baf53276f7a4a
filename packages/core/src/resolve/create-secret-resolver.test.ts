import { describe, expect, it } from "vitest";
import { SluiceError } from "../errors/sluice-error.js";
import type { ProviderDependencies } from "../provider/define-provider.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import { memoryStore, resolverOf, rejectionOf } from "./memory-provider.test-support.js";

describe("creation", () => {
  it("connects nothing before the first read, and creates a provider once", async () => {
    const store = memoryStore({ db: "a" });
    await using secrets = resolverOf(store, { cache: false });
    expect(store.created).toBe(0);
    await Promise.all([secrets.get("secret://prod/db"), secrets.get("secret://prod/db")]);
    await secrets.get("secret://prod/db");
    expect(store.created).toBe(1);
  });

  it("hands the provider what it needs", async () => {
    const handed: ProviderDependencies[] = [];
    const { definition } = memoryStore({ db: "a" });
    const create = (dependencies: ProviderDependencies): ReturnType<typeof definition.create> => {
      handed.push(dependencies);
      return definition.create(dependencies);
    };
    const environment = { AWS_REGION: "x" };
    await using given = createSecretResolver({
      stores: { prod: { ...definition, create } },
      baseDirectory: "/etc",
      environment,
      leases: { revoke: false },
    });
    await using bare = createSecretResolver({ stores: { prod: { ...definition, create } } });
    await Promise.all([given.get("secret://prod/db"), bare.get("secret://prod/db")]);
    expect(handed).toEqual([
      { store: "prod", baseDirectory: "/etc", environment, leavesLeases: true },
      { store: "prod", baseDirectory: process.cwd(), environment: process.env },
    ]);
  });

  it("refuses a store that references cannot name", () => {
    const { definition } = memoryStore();
    expect(() => createSecretResolver({ stores: { Prod_1: definition } })).toThrow(SluiceError);
    expect(() => createSecretResolver({ stores: { Prod_1: definition } })).toThrow(
      '"Prod_1" cannot name a store',
    );
  });

  it("reports a provider that cannot be created as a failure of its references", async () => {
    const { definition } = memoryStore();
    const create = (): never => {
      throw new SluiceError({
        code: "SLU1103",
        kind: "configuration",
        problem: "No vault",
        remedy: "Name one",
      });
    };
    await using secrets = createSecretResolver({ stores: { prod: { ...definition, create } } });
    const error = await rejectionOf(secrets.get("secret://prod/db"));
    expect(error.message).toBe(
      "A reference could not be resolved: secret://prod/db failed: No vault. Name one",
    );
    expect(error.kind).toBe("configuration");
  });
});
