// Writes what every entry point of every package offers: signatures to docs/api, for review, and pages for users to
// docs/reference. With --check it writes nothing, and fails when one is not what the build has, or an export has no
// doc comment: a change of what users compile against is then seen in review.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { ApiPackage } from "@microsoft/api-extractor-model";
import { referencePage, undocumented } from "./reference/reference-page.mjs";

const check = process.argv.includes("--check");
const root = fileURLToPath(new URL("..", import.meta.url));
const reports = join(root, "docs/api");
const pages = join(root, "docs/reference");
mkdirSync(pages, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "sluice-api-"));
/** A type that a user meets but cannot name shows in the report. */
const forgotten = { "ae-forgotten-export": { logLevel: ExtractorLogLevel.None, addToApiReportFile: true } };
const silent = { default: { logLevel: ExtractorLogLevel.None } };

/** Entry points with types: package folder, name of the report, path of the declarations, what users import, of which package. */
function* entryPoints() {
  for (const folder of readdirSync(join(root, "packages"))) {
    const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    const { exports = {}, name, description } = manifest;
    for (const [subpath, { types }] of Object.entries(exports)) {
      const names = subpath.split("/").slice(1);
      const report = [folder, ...names].join("-");
      if (types) yield { folder, report, types, name: [name, ...names].join("/"), description };
    }
  }
}

/** Reads one entry point. Gives which of its files are not as they should be, and exports that nothing is said of. */
function extract({ folder, report, types, name, description }) {
  const projectFolder = join(root, "packages", folder);
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.base.json"), "utf8"));
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder,
      newlineKind: "lf",
      mainEntryPointFilePath: join(projectFolder, types),
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: reports,
        reportTempFolder: scratch,
      },
      docModel: { enabled: true, apiJsonFilePath: join(scratch, `${report}.api.json`) },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: { ...silent, ...forgotten }, tsdocMessageReporting: silent },
    },
  });
  const handleQuietly = (message) => (message.handled = message.logLevel !== ExtractorLogLevel.Error);
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: !check,
    messageCallback: handleQuietly,
  });
  if (errorCount > 0) throw new Error(`packages/${folder}: ${types} cannot be read`);
  const [entryPoint] = ApiPackage.loadFromJsonFile(config.apiJsonFilePath).entryPoints;
  const page = referencePage(entryPoint, { name, description, report });
  const path = join(pages, `${report}.md`);
  const pageChanged = readOrEmpty(path) !== page;
  if (pageChanged && !check) writeFileSync(path, page);
  return {
    changed: [
      ...(apiReportChanged ? [`docs/api/${report}.api.md`] : []),
      ...(pageChanged ? [`docs/reference/${report}.md`] : []),
    ],
    bare: undocumented(entryPoint).map((each) => `${name}: ${each}`),
  };
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The index of the pages, a row for each entry point. */
function indexPage(entries) {
  const rows = entries.map(
    ({ name, report, description }) => `| [\`${name}\`](${report}.md) | ${description} |`,
  );
  return [
    "# Reference",
    "",
    "<!-- Written by scripts/api-reports.mjs. -->",
    "",
    "What each package offers, from its doc comments. Where to begin: [As a library](../../README.md#as-a-library),",
    "[write a provider](../write-a-provider.md), [a dialect](../write-a-dialect.md), [a strategy](../write-a-strategy.md).",
    "",
    "| import | what it is |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

const all = [...entryPoints()];
const found = all.map(extract);
const index = indexPage(all);
const indexChanged = readOrEmpty(join(pages, "README.md")) !== index;
if (indexChanged && !check) writeFileSync(join(pages, "README.md"), index);
const known = new Set(["README.md", ...all.flatMap(({ report }) => [`${report}.api.md`, `${report}.md`])]);
const stale = [reports, pages].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".md") && !known.has(file))
    .map((file) => join(folder, file)),
);
if (!check) for (const file of stale) rmSync(file);
rmSync(scratch, { recursive: true });

const changed = [
  ...found.flatMap((each) => each.changed),
  ...(indexChanged ? ["docs/reference/README.md"] : []),
];
const outdated = check ? [...changed, ...stale.map((file) => relative(root, file))] : [];
const bare = found.flatMap((each) => each.bare);
for (const file of outdated) console.error(`${file} is not what the packages offer`);
for (const each of bare) console.error(`${each} has no doc comment that says what it is`);
if (outdated.length > 0) console.log("Run pnpm api, and say in a changeset what the change means for users");
else if (bare.length === 0)
  console.log(`api: ${all.length} reports and pages of reference ${check ? "stand" : "written"}`);
process.exitCode = outdated.length + bare.length > 0 ? 1 : 0;
