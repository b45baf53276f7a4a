import { describe, expect, it } from "vitest";
import { storeOfServers } from "../index.js";
import { PREFIX, read, type Surroundings } from "./bank-vaults.test-support.js";

describe("the server that a pod of bank-vaults names", () => {
  const named = (more: Readonly<Record<string, string>>): Surroundings => ({
    annotations: Object.fromEntries(Object.entries(more).map(([name, value]) => [PREFIX + name, value])),
  });
  const storeOf = storeOfServers([
    { store: "main", address: "https://vault.example:8200/" },
    { store: "team", address: "https://vault.example:8200", namespace: "team/a" },
    { store: "local" },
  ]);

  it.each([
    [{ "vault-addr": "https://VAULT.example:8200" }, "secret://main/a/b#c"],
    [{ "vault-addr": "https://vault.example:8200", "vault-namespace": "/team/a/" }, "secret://team/a/b#c"],
    [{ "vault-role": "any", "vault-addr": "" }, "secret://local/a/b#c"],
  ])("%j is %s", (annotations, reference) => {
    expect(read("vault:a/b#c", { ...named(annotations as Record<string, string>), storeOf })).toBe(reference);
  });

  it.each([
    { "vault-addr": "http://vault.example:8200" },
    { "vault-addr": "https://vault.example:8201" },
    { "vault-addr": "https://vault.example:8200@evil.example" },
    { "vault-addr": "https://user@vault.example:8200" },
    { "vault-addr": "https://vault.example:8200/?x" },
    { "vault-addr": "http://169.254.169.254" },
    { "vault-addr": "https://vault.example:8200", "vault-namespace": "team/b" },
    { "vault-namespace": "team/a" },
  ])("is refused as %j, and not dialled", (annotations) => {
    expect(read("vault:a/b#c", { ...named(annotations as Record<string, string>), storeOf })).toMatch(
      /names a server that no store is known for/,
    );
  });

  it("is refused by default where it is named", () => {
    expect(read("vault:a/b#c", named({ "vault-addr": "https://vault:8200" }))).toMatch(
      /Annotation vault-addr names/,
    );
    expect(read("bao:a/b#c", named({ "vault-addr": "https://vault:8200" }))).toBe("secret://bao/a/b#c");
    expect(read("bao:a/b#c", named({ "bao-namespace": "x" }))).toMatch(/Annotation bao-namespace names/);
  });

  it("is called like its notation where neither the pod nor the list names one", () => {
    const known = storeOfServers([{ store: "main", address: "https://vault.example:8200" }]);
    expect(read("vault:a/b#c", { storeOf: known })).toBe("secret://vault/a/b#c");
    expect(read("bao:a/b#c", { storeOf: known })).toBe("secret://bao/a/b#c");
  });

  it("tells storeOf what else it names", () => {
    const around = named({ "vault-role": "r", "vault-path": "k8s", "vault-auth-method": "jwt" });
    const seen: unknown[] = [];
    read("vault:a/b#c", { ...around, storeOf: (server) => (seen.push(server), "x") });
    expect(seen[0]).toEqual({ notation: "vault", role: "r", authPath: "k8s", authMethod: "jwt" });
    expect(read("vault:a/b#c", { storeOf: () => "No Store" })).toMatch(/no store's name/);
  });
});
