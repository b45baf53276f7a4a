import { defineConfig } from "oxlint";

/**
 * Who may know whom: the siblings a package may import. `core` knows nobody; nobody knows `cli`;
 * a mode (`runner`) is handed its providers and never imports one.
 */
const siblings: Record<string, readonly string[]> = {
  core: [],
  config: ["core"],
  "provider-file": ["core"],
  templates: ["core"],
  runner: ["core"],
  cli: ["config", "core", "provider-file", "runner", "templates"],
};

/** Vendor libraries, and the only packages that may import them. */
const vendors: Record<string, readonly string[]> = {
  inversify: ["core"],
  "reflect-metadata": ["core"],
  "@kubernetes/client-node": [],
  "@azure/*": [],
  "@aws-sdk/*": [],
  "node-vault": [],
};

function boundary(name: string, allowed: readonly string[]) {
  const siblingGroup = ["@sluice/*", ...allowed.flatMap((other) => [`!@sluice/${other}`])];
  const foreign = Object.entries(vendors).flatMap(([vendor, homes]) => (homes.includes(name) ? [] : [vendor]));
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: siblingGroup, message: `${name} may import only: ${allowed.join(", ") || "no sibling"}.` },
            { group: foreign, message: `${name} must not know this vendor library.` },
            { group: ["**/dist/**", "../../*/src/**", "../../../*/src/**"], message: "Import a package by name." },
          ],
        },
      ],
    },
  } as const;
}

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "promise", "vitest", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  env: { node: true, es2024: true },
  ignorePatterns: ["**/dist/**", "**/node_modules/**", "test/fixtures/lint/**"],
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
    "unicorn/require-module-specifiers": "off",
  },
  overrides: [
    ...Object.entries(siblings).map(([name, allowed]) => boundary(name, allowed)),
    { files: ["packages/core/src/!(di)/**/*.ts", "packages/core/src/index.ts"], rules: {
      "no-restricted-imports": ["error", { patterns: [
        { group: ["inversify", "reflect-metadata"], message: "The container stays in core/di: a library user need not load it." },
        { group: ["@sluice/*"], message: "core imports no sibling." },
        { group: ["@azure/*", "@aws-sdk/*", "node-vault", "@kubernetes/client-node"], message: "core knows no vendor." },
      ] }],
    } },
    { files: ["*.config.ts", "packages/cli/bin/*"], rules: { "import/no-default-export": "off" } },
    { files: ["bench/**", "scripts/**", "examples/**"], rules: { "no-console": "off" } },
  ],
});
