import { expect, it } from "vitest";
import { kubernetes } from "./kubernetes.js";

it("says where a store is", () => {
  expect(kubernetes({}).location).toBe("Secrets of all namespaces");
  expect(kubernetes({ kind: "ConfigMap", namespace: "shop", context: "prod" }).location).toBe(
    "ConfigMaps of namespace shop, context prod",
  );
});

it("finds a kubeconfig from the configuration's folder, and one of the environment it is given", async () => {
  const context = { signal: new AbortController().signal, deadline: Date.now() + 20_000 } as const;
  const problems = await Promise.all(
    [{ kubeconfig: "missing" }, {}].map(async (options) => {
      const dependencies = {
        store: "s",
        baseDirectory: "/nowhere",
        environment: { KUBECONFIG: "/other/config" },
      };
      const provider = kubernetes(options).create(dependencies);
      return provider.check?.({ ...context, identity: { kind: "self" }, trace: { id: "t" } });
    }),
  );
  expect(problems.map((result) => result?.findings[0]?.message)).toEqual([
    expect.stringContaining("/nowhere/missing cannot be read (ENOENT)"),
    expect.stringContaining("/other/config cannot be read (ENOENT)"),
  ]);
});
