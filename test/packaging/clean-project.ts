import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { runCommand } from "../servers/shared/run-command.js";
import { type PackedPackage, ROOT } from "./packed-packages.js";

/** What users have besides our packages; at the versions that we use ourselves. */
const BESIDE = [
  "@opentelemetry/api",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/sdk-trace-node",
  "@types/node",
  "inversify",
  "reflect-metadata",
  "typescript",
  "vitest",
];

/** Makes an empty folder the project of somebody who installs every package with npm. */
export async function createCleanProject(folder: string, packed: readonly PackedPackage[]): Promise<void> {
  const { catalog } = parse(readFileSync(join(ROOT, "pnpm-workspace.yaml"), "utf8")) as {
    readonly catalog: Readonly<Record<string, string>>;
  };
  const tarballs = (wanted: boolean) =>
    packed
      .filter(({ optional }) => optional === wanted)
      .map(({ name, tarball }) => [name, `file:${tarball}`]);
  const manifest = {
    name: "clean-project",
    private: true,
    type: "module",
    dependencies: {
      ...Object.fromEntries(tarballs(false)),
      ...Object.fromEntries(BESIDE.map((name) => [name, catalog[name]])),
    },
    optionalDependencies: Object.fromEntries(tarballs(true)),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
  await runCommand("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Copies the composition tests, with what they need, into a project. */
export function copyCompositionTests(folder: string): void {
  for (const part of ["composition", "support", "fixtures/decorated", "fixtures/record-modules.mjs"])
    cpSync(join(ROOT, "test", part), join(folder, "test", part), { recursive: true });
  writeFileSync(
    join(folder, "vitest.config.ts"),
    'export default { test: { include: ["test/composition/**/*.test.ts"], testTimeout: 60_000 } };\n',
  );
}
