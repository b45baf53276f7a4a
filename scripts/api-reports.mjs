// Writes what every entry point of every package offers to docs/api. With --check it writes nothing, and fails when a
// report is not what the build has: a change of what users compile against is then seen in review.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const check = process.argv.includes("--check");
const root = fileURLToPath(new URL("..", import.meta.url));
const reports = join(root, "docs/api");
const scratch = mkdtempSync(join(tmpdir(), "sluice-api-"));
/** A type that a user meets but cannot name shows in the report. */
const forgotten = { "ae-forgotten-export": { logLevel: ExtractorLogLevel.None, addToApiReportFile: true } };
const silent = { default: { logLevel: ExtractorLogLevel.None } };

/** Entry points with types: package folder, name of the report, path of the declarations. */
function* entryPoints() {
  for (const folder of readdirSync(join(root, "packages"))) {
    const { exports = {} } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    for (const [subpath, { types }] of Object.entries(exports))
      if (types) yield { folder, report: [folder, ...subpath.split("/").slice(1)].join("-"), types };
  }
}

/** The report of one entry point; undefined when it stands as it is. */
function extract({ folder, report, types }) {
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
      docModel: { enabled: false },
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
  return apiReportChanged;
}

const all = [...entryPoints()];
const changed = all.filter(extract).map(({ report }) => `${report}.api.md`);
const known = new Set(all.map(({ report }) => `${report}.api.md`));
const stale = readdirSync(reports).filter((file) => file.endsWith(".api.md") && !known.has(basename(file)));
if (!check) for (const file of stale) rmSync(join(reports, file));
rmSync(scratch, { recursive: true });

const faults = check ? [...changed, ...stale] : [];
for (const file of faults) console.error(`docs/api/${file} is not what the packages offer`);
console.log(
  faults.length > 0
    ? "Run pnpm api, and say in a changeset what the change means for users"
    : `api: ${all.length} reports ${check ? "stand" : "written"}`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
