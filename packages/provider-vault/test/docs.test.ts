import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Validator } from "@cfworker/json-schema";
import { formatReference, parseReference } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { vault } from "../src/vault.js";
import { realVault } from "./real-vault.js";
import { contextOf, openVault, put, readAll, reveal } from "./support.js";

const page = readFileSync(new URL("../../../docs/providers/vault.md", import.meta.url), "utf8");
const blocks = (language: string): string[] =>
  Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")), ([, text = ""]) => text);

const server = await realVault();

describe("docs/providers/vault.md", () => {
  it("shows stores that can be configured", () => {
    const validator = new Validator(vault.optionsSchema, "2020-12");
    const shown = blocks("yaml").flatMap((text) =>
      Object.values((parse(text) as { stores: Record<string, { provider: string }> }).stores),
    );
    expect(shown.length).toBeGreaterThan(8);
    for (const { provider, ...options } of shown) {
      expect(provider).toBe("vault");
      expect(validator.validate(options)).toMatchObject({ valid: true, errors: [] });
    }
  });

  it("shows references that are ones", () => {
    const shown = Array.from(page.matchAll(/`(secret:\/\/[^`]+)`/g), ([, reference = ""]) => reference);
    expect(shown.length).toBeGreaterThan(5);
    for (const reference of shown) expect(formatReference(parseReference(reference))).toBe(reference);
  });

  it("explains reasons that there are", () => {
    const source = fileURLToPath(new URL("../src", import.meta.url));
    const code = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(source, name), "utf8"))
      .join("");
    const table = page.slice(page.indexOf("| status "), page.indexOf("The server's own words"));
    const reasons = Array.from(
      table.matchAll(/`([a-z]+(?:-[a-z]+)+|version|condition|sealed)`/g),
      ([, one]) => one,
    );
    expect(reasons.length).toBeGreaterThan(25);
    // Statuses of the interface, and what connections say, are not ours to find in the source.
    for (const reason of new Set(reasons)) expect(code).toContain(`"${reason}"`);
  });
});

describe.runIf(server.available)("the policies of docs/providers/vault.md", () => {
  afterAll(server.stop);

  it("are enough for all that they are said to be for", async () => {
    const { address, api } = server;
    const mounts = {
      old: await server.mount("kv", { options: { version: "1" } }),
      pki: await server.mount("pki"),
      transit: await server.mount("transit"),
      database: await server.mount("rabbitmq"),
    };
    await api("POST", `${mounts.old}/app/a`, { a: "old" });
    await api("POST", `${mounts.pki}/root/generate/internal`, { common_name: "docs", ttl: "24h" });
    await api("POST", `${mounts.pki}/roles/web`, { allow_any_name: true, ttl: "1h", generate_lease: true });
    await api("POST", `${mounts.transit}/keys/app`, {});
    const encrypted = await api("POST", `${mounts.transit}/encrypt/app`, { plaintext: "YQ==" });
    const { ciphertext } = encrypted["data"] as { ciphertext: string };

    const rules = Object.entries(mounts).reduce(
      (text, [name, mounted]) => text.replaceAll(`"${name}/`, `"${mounted}/`),
      blocks("hcl").join("\n"),
    );
    const allowed = openVault({ address }, { VAULT_TOKEN: await server.tokenWith(rules) });
    expect(
      await put(allowed, "secret/app/docs", { a: "1" }, { condition: { ifAbsent: true } }),
    ).toMatchObject({
      status: "created",
    });
    expect(
      await put(allowed, "secret/app/docs", { a: "2" }, { condition: { ifVersion: "1" } }),
    ).toMatchObject({
      status: "updated",
    });
    expect(await reveal(allowed, "secret/app/docs")).toEqual({ a: "2" });
    expect(await reveal(allowed, `${mounts.old}/app/a`)).toEqual({ a: "old" });
    const pages = await Array.fromAsync(allowed.list({ prefix: "secret/app/docs" }, contextOf()));
    expect(pages.flatMap(({ items }) => items)).toHaveLength(1);
    expect(await allowed.delete({ path: "secret/app/docs" }, contextOf())).toEqual({ status: "deleted" });
    const [issued, decrypted] = await readAll(
      allowed,
      [
        `${mounts.pki}/issue/web?common_name=a.test`,
        `${mounts.transit}/decrypt/app?ciphertext=${ciphertext}`,
      ],
      { volatile: true },
    );
    expect(decrypted).toMatchObject({ status: "found" });
    if (issued?.status !== "found") throw new Error(issued?.reason);
    expect(await allowed.revokeLease(issued.lease?.id ?? "", contextOf())).toEqual({ status: "revoked" });
  });
});
