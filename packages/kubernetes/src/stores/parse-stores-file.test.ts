import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { parseStoresFile } from "./parse-stores-file.js";

function refusal(text: string): SluiceError {
  try {
    parseStoresFile("stores.yaml", text);
  } catch (error) {
    if (SluiceError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("a file of stores", () => {
  it("has what a ClusterSecretStore has, by name", () => {
    const stores = parseStoresFile(
      "stores.yaml",
      `stores:
  prod:
    provider: vault
    options: { address: "https://vault", auth: { kubernetes: { role: web } } }
    identity: pod
    tokenAudience: vault
    cache: { ttlSeconds: 60 }
    timeoutSeconds: 10
    access:
      - { namespaces: [shop], serviceAccounts: ["*"], paths: ["app/**"] }
  dev: { provider: file, suspend: true }
`,
    );
    expect(stores).toEqual([
      {
        kind: "ClusterSecretStore",
        name: "prod",
        version: expect.stringMatching(/^[0-9a-f]{64}$/),
        provider: "vault",
        options: { address: "https://vault", auth: { kubernetes: { role: "web" } } },
        optionsFrom: [],
        identity: { as: "pod", tokenSource: "projected", audience: "vault" },
        leases: "refuse",
        cacheTtlMs: 60_000,
        timeoutMs: 10_000,
        suspended: false,
        access: [{ namespaces: ["shop"], serviceAccounts: ["*"], paths: ["app/**"] }],
      },
      {
        kind: "ClusterSecretStore",
        name: "dev",
        version: expect.stringMatching(/^[0-9a-f]{64}$/),
        provider: "file",
        options: {},
        optionsFrom: [],
        identity: { as: "broker" },
        leases: "refuse",
        suspended: true,
        access: [],
      },
    ]);
  });

  it.each([
    ["no map", "[]", ['stores.yaml:1:1: "stores" is missing, or no map of names to stores']],
    ["nothing", "", ['stores.yaml:1:1: "stores" is missing, or no map of names to stores']],
    ["another key", "stores: {}\nenv: {}", ["stores.yaml:2:1: env: is not known; the file has stores only"]],
    [
      "an unknown key",
      "stores:\n  a:\n    provider: file\n    acess: []",
      ['stores.yaml:4:5: stores.a.acess: is not known; did you mean "access"?'],
    ],
    [
      "a value of the wrong type, and one that is not known",
      "stores:\n  a: { provider: 1 }\n  b: { provider: file, leases: CANARY }",
      [
        "stores.yaml:2:8: stores.a.provider: must be of type string",
        "stores.yaml:3:24: stores.b.leases: must be one of: refuse, broker",
      ],
    ],
    [
      "something far in",
      "stores:\n  a:\n    provider: file\n    access:\n    - namespaces: [a]\n      serviceAccounts: [b]\n      paths: [a, b**]",
      [
        "stores.yaml:7:18: stores.a.access.0.paths.1: ** must be a whole segment of a path, and no segment may be . or ..",
      ],
    ],
    [
      "what is missing",
      "stores:\n  a:\n    provider: file\n    access:\n    - paths: []",
      [
        'stores.yaml:5:7: stores.a.access.0: "serviceAccounts" is missing',
        "stores.yaml:5:7: stores.a.access.0.paths: must be at least 1 entries long",
      ],
    ],
    [
      "a name that no reference can have",
      "stores: { a.b: { provider: file } }",
      [
        "stores.yaml:1:11: stores.a.b: the name must be a DNS-1123 label, for it stands in references: secret://NAME/PATH",
      ],
    ],
    [
      "the audience of the broker's own tokens",
      "stores:\n  a: { provider: vault, identity: pod, tokenAudience: sluice/web }",
      [
        "stores.yaml:2:3: stores.a: tokenAudience may not begin with sluice/: the store would get the tokens that prove containers to the broker",
      ],
    ],
    ["nothing for a store", "stores: { a: }", ["stores.yaml:1:11: stores.a: must be of type object"]],
  ])("with %s is refused, with its place", (_, text, problems) => {
    const { code, problem, kind } = refusal(text);
    expect([code, kind, problem]).toEqual(["SLU1103", "configuration", problems.join("; ")]);
    expect(problem).not.toContain("CANARY");
  });

  it.each([
    ["a key twice", "stores:\n  a: {}\n  a: {}", "stores.yaml:3:3: the YAML is not valid (duplicate key)"],
    ["an open bracket", "stores: [CANARY", "stores.yaml:1:16: the YAML is not valid"],
    [
      "too many aliases",
      `a: &a [x]\nb: &b [${"*a,".repeat(40)}]\nc: &c [${"*b,".repeat(40)}]\nd: [${"*c,".repeat(40)}]`,
      "stores.yaml: an alias",
    ],
  ])("with %s is no YAML", (_, text, problem) => {
    const error = refusal(text);
    expect([error.code, error.problem]).toEqual(["SLU1102", expect.stringContaining(problem)]);
    expect(error.message).not.toContain("CANARY");
  });
});
