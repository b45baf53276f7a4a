import { describe, expect, it } from "vitest";
import { connectionOptions } from "./transport/connection-options.js";
import { vault } from "./vault.js";

describe("vault", () => {
  it("describes its options, one by one", () => {
    const described = (schema: object): boolean =>
      Object.values((schema as { properties?: Record<string, object> }).properties ?? {}).every(
        (option) =>
          ((option as { description?: string }).description ?? "").endsWith(".") && described(option),
      );
    expect(described(vault.optionsSchema)).toBe(true);
    expect(vault.optionsSchema).toMatchObject({ type: "object", additionalProperties: false });
  });

  it("is configured with a location that tells no credential", () => {
    expect(vault({}).location).toBe("the address in VAULT_ADDR");
    expect(vault({ address: "https://u:canary@vault.example:8200/x?y" }).location).toBe(
      "https://vault.example:8200",
    );
    expect(vault({ address: "canary" }).location).not.toContain("canary");
  });

  it("has a verb for every capability, and can be disposed of unused", async () => {
    const provider = vault({}).create({ store: "s", baseDirectory: "/", environment: {} });
    for (const verb of ["list", "put", "delete", "check", "renewLease", "revokeLease"] as const)
      expect(provider[verb]).toBeTypeOf("function");
    expect(provider).not.toHaveProperty("watch");
    await provider[Symbol.asyncDispose]?.();
  });
});

describe("connectionOptions", () => {
  it("takes options first, then variables of Vault, then of OpenBao", () => {
    const environment = {
      VAULT_ADDR: "http://v",
      BAO_ADDR: "http://b",
      BAO_NAMESPACE: "n",
      VAULT_SKIP_VERIFY: "1",
    };
    expect(connectionOptions({ address: "http://o" }, environment).address.host).toBe("o");
    expect(connectionOptions({}, environment)).toMatchObject({ namespace: "n", tlsSkipVerify: false });
    expect(connectionOptions({}, environment).address.host).toBe("v");
  });

  it.each([[undefined], ["x"], ["ftp://x"], ["http://u:p@x"]])("refuses %j", (address) => {
    expect(() => connectionOptions(address === undefined ? {} : { address }, {})).toThrow("address");
  });
});
