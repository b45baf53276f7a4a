import { describe, expect, it } from "vitest";
import { azureKeyVault } from "./azure-key-vault.js";

describe("azureKeyVault", () => {
  it("tells where a vault is, in each cloud", () => {
    expect(azureKeyVault({ vault: "shop" }).location).toBe("https://shop.vault.azure.net");
    expect(azureKeyVault({ vault: "shop", cloud: "china" }).location).toBe("https://shop.vault.azure.cn");
    expect(azureKeyVault({ vault: "shop", cloud: "government" }).location).toBe(
      "https://shop.vault.usgovcloudapi.net",
    );
    expect(azureKeyVault({ url: "https://x.example/" }).location).toBe("https://x.example");
  });

  it("has a verb for every capability, and is made without effects", () => {
    const dependencies = { store: "azure", baseDirectory: "/none", environment: {} };
    const provider = azureKeyVault({ vault: "shop", caFile: "absent.pem" }).create(dependencies);
    for (const verb of ["list", "put", "delete", "check"] as const) {
      expect(azureKeyVault.capabilities[verb]).toBeDefined();
      expect(provider[verb]).toBeTypeOf("function");
    }
    expect(JSON.parse(JSON.stringify(azureKeyVault.capabilities))).toEqual(azureKeyVault.capabilities);
  });

  it("describes its options, one by one", () => {
    const { properties } = azureKeyVault.optionsSchema as {
      properties: Record<string, { description: string }>;
    };
    expect(Object.keys(properties)).toEqual(["vault", "url", "cloud", "auth", "delegation", "caFile"]);
    for (const { description } of Object.values(properties)) expect(description).toMatch(/\.$/);
  });
});
