import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackPackages } from "../containers/debian-packages.js";
import { cacheFolder } from "../shared/cache-folder.js";
import { pipeThrough } from "../shared/pipe-through.js";
import { runCommand } from "../shared/run-command.js";
import { serversRequired } from "../shared/server.js";

/** Compiles a source by itself, and has all that ours use. */
const OLDEST = 17;
const PACKAGES = ["openjdk-17-jre-headless", "openjdk-17-jdk-headless"];

/** Java from the path, else from Debian's packages if servers are required. */
export async function javaProgram(): Promise<string | undefined> {
  const version = await runCommand("java", ["--version"]).catch(() => "");
  const [, major] = /^\S+ (\d+)/.exec(version) ?? [];
  if (Number(major) >= OLDEST && (await runCommand("javac", ["--version"]).catch(() => "")) !== "")
    return "java";
  if (!serversRequired()) return undefined;
  const folder = cacheFolder("openjdk-17");
  await unpackPackages(PACKAGES, folder);
  const machines = join(folder, "usr/lib/jvm");
  const machine = readdirSync(machines).find((name) => name.startsWith("java-17-"));
  if (machine === undefined) throw new Error(`There is no Java in ${folder}`);
  return join(machines, machine, "bin/java");
}

/** Runs one of the sources beside this file, which Java compiles first, over lines of input. */
export async function runJava(java: string, source: string, input: string): Promise<string> {
  return pipeThrough(java, [fileURLToPath(new URL(source, import.meta.url))], input);
}
