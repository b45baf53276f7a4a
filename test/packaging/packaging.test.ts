import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { copyCompositionTests, createCleanProject } from "./clean-project.js";
import { copyExample, PARTS } from "./custom-injector.js";
import { packPackages, ROOT } from "./packed-packages.js";

// Every package from its tarball, in a folder that knows nothing of this repository.
const folder = mkdtempSync(join(tmpdir(), "sluice-packed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const packed = await packPackages(folder);
const project = join(folder, "project");
await createCleanProject(project, packed);

const entries = packed.flatMap((each) => each.entries);
const bin = (name: string): string => join(project, "node_modules/.bin", name);

/** What a program prints, in the project. Its error has what it said otherwise. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  // Of the repository's tools, nothing is to be found by accident.
  const { NODE_PATH: _, ...inherited } = process.env;
  return execFileSync(program, args, {
    cwd: project,
    encoding: "utf8",
    stdio: "pipe",
    env: { ...inherited, ...env },
  });
}

describe("a packed package", () => {
  it.each(packed)("has types that are found by whoever imports it: $name", async ({ tarball }) => {
    const { types, ...found } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    // Ours are modules: who requires one gets it as Node gives modules to require.
    const problems = "problems" in found ? found.problems : [];
    expect(problems.filter(({ kind }) => kind !== "CJSResolvesToESM" && kind !== "NoResolution")).toEqual([]);
    expect(types === false).toBe(packed.find((each) => each.tarball === tarball)?.entries.length === 0);
  });

  it.each(packed)("holds its licence, and no tests of its code: $name", ({ tarball }) => {
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
    expect(files).toContain("package/package.json");
    expect(files).toContain("package/LICENSE");
    expect(
      files.filter((file) => /^package\/dist\/.*\.test\.|test-support|tsbuildinfo|node_modules/.test(file)),
    ).toEqual([]);
  });

  it.each(entries)("can be imported, and says and does nothing by that: %s", (entry) => {
    const script = `const entry = await import(${JSON.stringify(entry)});
      if (Object.keys(entry).length === 0) console.log("nothing to import");`;
    expect(run(process.execPath, ["--input-type=module", "--eval", script])).toBe("");
  });

  it("type-checks without a look at anything but what is packed", () => {
    const lines = entries.map((entry, at) => `export * as entry${at} from ${JSON.stringify(entry)};`);
    writeFileSync(join(project, "every-entry.ts"), lines.join("\n"));
    const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2024"];
    const libraries = ["--module", "nodenext", "--lib", "es2024,esnext.disposable", "--types", "node"];
    const said = failureOf(() => run(bin("tsc"), [...options, ...libraries, "every-entry.ts"]));
    // What others declare wrongly is not ours to mend.
    const errors = said.split("\n").filter((line) => line.includes("error TS"));
    expect(errors.filter((line) => !/^node_modules\/(?!@sluice\/)/.test(line))).toEqual([]);
  });
});

describe("from tarballs in an empty folder", () => {
  it("the composition tests pass, as many as here", () => {
    copyCompositionTests(project);
    const report = join(project, "report.json");
    failureOf(() => run(bin("vitest"), ["run", "--reporter=json", `--outputFile=${report}`], { CI: "" }));
    const { numPassedTests, numTotalTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as {
      readonly numPassedTests: number;
      readonly numTotalTests: number;
      readonly testResults: readonly { readonly name: string }[];
    };
    expect(numPassedTests).toBe(numTotalTests);
    const here = readdirSync(join(ROOT, "test/composition")).filter((file) => file.endsWith(".test.ts"));
    expect(testResults).toHaveLength(here.length);
  });

  it.each(packed.filter(({ name }) => /\/provider-(?!conformance)/.test(name)))(
    "a provider is in use after ten lines at most: $name",
    ({ name }) => {
      const program = exampleOf(name);
      expect(program.trim().split("\n").length).toBeLessThanOrEqual(10);
      expect(compile(program)).toContain("createSecretResolver");
    },
  );

  it("the library gives a secret, and shows none", () => {
    writeFileSync(join(project, "secrets.env"), "DB_PASSWORD=hunter2\n");
    compile(exampleOf("@sluice/provider-file"));
    expect(run(process.execPath, ["library.js"])).toBe("7 [secret]\n");
  });

  it("the command runs, and starts a program with its secret", () => {
    writeFileSync(join(project, "sluice.yaml"), "stores:\n  dev: { provider: file, path: secrets.env }\n");
    const { version } = JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8")) as {
      readonly version: string;
    };
    expect(run(bin("sluice"), ["--version"])).toBe(`${version}\n`);
    const app = ["run", "--", process.execPath, "-p", "process.env.PASSWORD.length"];
    expect(run(bin("sluice"), app, { PASSWORD: "secret://dev/DB_PASSWORD" })).toBe("7\n");
  });
});

describe("an injector of one's own, from tarballs alone", () => {
  it("has a provider, a dialect and a strategy in fewer than 150 lines together", () => {
    expect(PARTS.length).toBeGreaterThanOrEqual(4);
    expect(PARTS.flatMap((text) => text.trimEnd().split("\n")).length).toBeLessThan(150);
  });

  it("compiles, conforms, gives a command its secret, and changes pods in its own way", () => {
    const folder = copyExample(project);
    run(bin("tsc"), ["-p", folder]);
    const tests = readdirSync(join(folder, "test")).filter((file) => file.endsWith(".test.ts"));
    const files = tests.map((file) => join(folder, "test", file));
    const said = run(process.execPath, ["--test", "--test-reporter=tap", ...files]);
    // Two files, the requirements of the specification, and what its command does.
    expect(tests).toHaveLength(2);
    expect(said).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(said)?.[1])).toBeGreaterThan(30);
    expect(said).toMatch(/ok \d+ - reads Acme's notation/);
  });
});

function exampleOf(name: string): string {
  return readFileSync(join(ROOT, "examples/library", `${name.split("/")[1]}.ts`), "utf8");
}

/** JavaScript of a program, checked against nothing but what is packed; for every Node that the packages run on. */
function compile(program: string): string {
  writeFileSync(join(project, "library.ts"), program);
  const options = ["--strict", "--skipLibCheck", "--types", "node", "--module", "nodenext"];
  run(bin("tsc"), [...options, "--target", "es2023", "--lib", "es2024,esnext.disposable", "library.ts"]);
  return readFileSync(join(project, "library.js"), "utf8");
}

/** What a program printed that failed; nothing when it did not. */
function failureOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (thrown) {
    return String((thrown as { readonly stdout?: unknown }).stdout ?? thrown);
  }
}
