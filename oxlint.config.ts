import { defineConfig } from "oxlint";

/**
 * Who may know whom: the siblings a package may import. `core` knows nobody; nobody knows `cli`;
 * a mode (`runner`) is handed its providers, dialects and strategies, and imports none, and no other mode.
 */
const siblings: Record<string, readonly string[]> = {
  core: [],
  config: ["core"],
  // What a mode is, and what its commands share.
  mode: ["config", "core", "service"],
  injector: ["config", "core", "mode", "service"],
  "provider-conformance": ["core"],
  "provider-azure": ["core"],
  "provider-file": ["core"],
  "provider-kubernetes": ["core", "kubernetes"],
  "provider-ssm": ["core"],
  "provider-vault": ["core"],
  kubernetes: ["core"],
  protocol: ["core"],
  dialects: ["core"],
  webhook: ["config", "core", "files", "kubernetes", "mode", "service"],
  service: ["core"],
  "registry-logins": ["core"],
  templates: ["core"],
  policy: ["core"],
  // The notation, and what it does in a pod.
  kees: ["core", "dialects", "files"],
  files: ["core", "templates"],
  runner: ["config", "core", "mode", "templates"],
  sidecar: ["config", "core", "files", "kubernetes", "mode", "protocol", "service"],
  launcher: [],
  broker: ["core", "kubernetes", "mode", "protocol", "service"],
  "crd-sync": ["core", "kubernetes", "mode", "service", "templates"],
  "init-writer": ["core", "files", "protocol"],
  generator: ["config", "core", "kubernetes", "mode", "service"],
  cli: [
    "broker",
    "config",
    "core",
    "crd-sync",
    "dialects",
    "files",
    "init-writer",
    "injector",
    "kees",
    "generator",
    "kubernetes",
    "mode",
    "policy",
    "protocol",
    "provider-azure",
    "provider-file",
    "provider-kubernetes",
    "provider-ssm",
    "provider-vault",
    "registry-logins",
    "runner",
    "service",
    "sidecar",
    "templates",
    "webhook",
  ],
};

/** Vendor libraries; a package that may know one is given it by name. */
const vendors = [
  "inversify",
  "reflect-metadata",
  "@kubernetes/client-node",
  "@azure/*",
  "@aws-sdk/*",
  "node-vault",
];

/** Who is at home with which of them. */
const vendorHomes: Record<string, readonly string[]> = {
  injector: ["inversify"],
  kubernetes: ["@kubernetes/client-node"],
  "provider-azure": ["@azure/*"],
  "provider-ssm": ["@aws-sdk/*"],
  "provider-vault": ["node-vault"],
  "registry-logins": ["@aws-sdk/*", "@azure/*"],
  // The library that writes certificates wants it.
  webhook: ["reflect-metadata"],
};

/** A package's files, or some of them, and what they may import. A later entry replaces an earlier one. */
function boundary(
  name: string,
  allowed: readonly string[],
  { files = [`packages/${name}/src/**/*.ts`], knows = vendorHomes[name] ?? [] } = {},
) {
  const siblingGroup = ["@sluice/*", ...allowed.map((other) => `!@sluice/${other}`)];
  const foreign = vendors.filter((vendor) => !knows.includes(vendor));
  const patterns = [
    { group: siblingGroup, message: `${name} may import only: ${allowed.join(", ") || "no sibling"}.` },
    { group: foreign, message: `${name} must not know this vendor library.` },
    { group: ["**/dist/**", "../../*/src/**", "../../../*/src/**"], message: "Import a package by name." },
  ];
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns }] as ["error", { patterns: typeof patterns }] },
  };
}

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "promise", "vitest", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  env: { node: true, es2024: true },
  ignorePatterns: [
    "**/dist/**",
    "**/node_modules/**",
    "test/fixtures/decorated/**",
    "test/.compiled-*/**",
    "test/.snippets-*/**",
    "test/.scaffold-*/**",
  ],
  rules: {
    eqeqeq: ["error", "always", { null: "ignore" }],
    "no-console": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/consistent-type-imports": "error",
    "no-await-in-loop": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "no-underscore-dangle": "off",
    "no-shadow": "off",
    // The compiler already proves that every path returns.
    "typescript/consistent-return": "off",
    "consistent-return": "off",
    "oxc/no-accumulating-spread": "off",
    "oxc/no-map-spread": "off",
    "unicorn/require-module-specifiers": "off",
  },
  overrides: [
    ...Object.entries(siblings).map(([name, allowed]) => boundary(name, allowed)),
    // The container stays in core/di: a library user need not load it.
    boundary("core", siblings["core"] ?? [], {
      files: ["packages/core/src/di/**/*.ts"],
      knows: ["inversify", "reflect-metadata"],
    }),
    { files: ["*.config.ts", "packages/cli/bin/*"], rules: { "import/no-default-export": "off" } },
    // Node's own test runner awaits what it is given.
    { files: ["examples/*/test/**"], rules: { "typescript/no-floating-promises": "off" } },
    {
      files: ["bench/**", "scripts/**", "examples/**", "packages/*/templates/**"],
      rules: { "no-console": "off" },
    },
  ],
});
