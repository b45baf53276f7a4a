import { spawnSync } from "node:child_process";
import { copyFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createWorkspace } from "../support/workspace.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

// A package, and an import it must not have.
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ["core", "@sluice/config"],
  ["core", "@sluice/provider-file"],
  ["core", "inversify"],
  ["core", "@azure/keyvault-secrets"],
  ["config", "@sluice/provider-file"],
  ["provider-file", "@sluice/runner"],
  ["provider-file", "@kubernetes/client-node"],
  ["templates", "@sluice/config"],
  ["runner", "@sluice/provider-file"],
  ["runner", "@sluice/cli"],
  ["webhook", "@sluice/dialects"],
  ["webhook", "@sluice/broker"],
  ["webhook", "@sluice/injector"],
  ["broker", "@sluice/webhook"],
  ["crd-sync", "@sluice/broker"],
  ["sidecar", "@sluice/dialects"],
  ["mode", "@sluice/injector"],
  ["injector", "@sluice/provider-file"],
  ["injector", "@sluice/webhook"],
  ["launcher", "@sluice/core"],
  ["cli", "inversify"],
  ["cli", "@aws-sdk/client-ssm"],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ["core", "mitt"],
  ["core/src/di", "inversify"],
  ["config", "@sluice/core"],
  ["provider-file", "@sluice/core/dotenv"],
  ["runner", "@sluice/core"],
  ["runner", "@sluice/mode"],
  ["injector", "inversify"],
  ["cli", "@sluice/provider-file"],
];

describe("the linter knows who may know whom", () => {
  using space = createWorkspace();
  copyFileSync(join(ROOT, "oxlint.config.ts"), join(space.path, "oxlint.config.ts"));
  symlinkSync(join(ROOT, "node_modules"), join(space.path, "node_modules"), "dir");
  const fileOf = ([home, module]: readonly [string, string]): string =>
    `packages/${home.includes("/") ? home : `${home}/src`}/imports-${module.replaceAll(/\W/g, "-")}.ts`;
  for (const each of [...FORBIDDEN, ...ALLOWED])
    space.write(fileOf(each), `import { x } from ${JSON.stringify(each[1])};\n\nexport const y = x;\n`);

  const { stdout } = spawnSync(join(ROOT, "node_modules/.bin/oxlint"), ["--format", "json", "packages"], {
    cwd: space.path,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  const reported = diagnostics
    .filter(({ code }) => code.includes("no-restricted-imports"))
    .map(({ filename }) => filename);

  it.each(FORBIDDEN)("%s must not import %s", (...each) => expect(reported).toContain(fileOf(each)));
  it.each(ALLOWED)("%s may import %s", (...each) => expect(reported).not.toContain(fileOf(each)));
});
