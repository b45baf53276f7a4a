import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { codeBlocks, PAGES, REFERENCE, ROOT } from "./pages.js";

/** What pages take for granted: what their text has named, or what is the reader's own. */
const TAKEN_FOR_GRANTED = `
import type { SecretResolver, StoreDefinition } from "@sluice/core";
declare global {
  const createSecretResolver: typeof import("@sluice/core").createSecretResolver;
  const secrets: SecretResolver<"prod">;
  const init: SecretResolver;
  const sidecar: SecretResolver;
  const references: readonly ["secret://prod/db#url"];
  const stores: Readonly<Record<string, StoreDefinition>>;
  const signal: AbortSignal;
  const text: string;
  const vault: { read(path: string, options: object): Promise<never> };
  function use(...things: unknown[]): void;
}
`;

// Inside the test package, where imports resolve as they do for a user.
const folder = mkdtempSync(join(ROOT, "test/.snippets-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("every example in TypeScript compiles against what the packages offer", () => {
  const examples = codeBlocks("ts", [...PAGES, ...REFERENCE]);
  expect(examples.length).toBeGreaterThan(5);
  writeFileSync(join(folder, "granted.d.ts"), TAKEN_FOR_GRANTED);
  // A file that a reader is told to write beside it.
  writeFileSync(join(folder, "provider.ts"), 'export { file as acme } from "@sluice/provider-file";\n');
  const files = examples.map(({ where, code }) => {
    const file = `${where.replaceAll(/[^\w]/g, "-")}.ts`;
    writeFileSync(join(folder, file), `${code}\nexport {};\n`);
    return file;
  });
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2024",
    "--module",
    "nodenext",
  ];
  const libraries = ["--lib", "es2024,esnext.disposable", "--types", "node"];
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const compile = () =>
    execFileSync(tsc, [...options, ...libraries, "granted.d.ts", ...files], {
      cwd: folder,
      encoding: "utf8",
    });
  expect(saidBy(compile)).toBe("");
});

function saidBy(work: () => string): string {
  try {
    return work();
  } catch (thrown) {
    return String((thrown as { readonly stdout?: unknown }).stdout);
  }
}
