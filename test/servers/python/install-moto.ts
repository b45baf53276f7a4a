import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";

/** The version that `moto.txt` pins. To change it: `moto.in`, the command at the top of `moto.txt`, and this. */
const VERSION = "5.2.5";

const REQUIREMENTS = fileURLToPath(new URL("moto.txt", import.meta.url));
const FOLDER = cacheFolder(`moto-${VERSION}`);

/** The interpreter that has moto, if it is installed. */
export async function installedMoto(): Promise<string | undefined> {
  const python = interpreterIn(FOLDER);
  return (await exists(python)) ? python : undefined;
}

/** Installs moto from PyPI, every file checked against its pinned hash. Returns the interpreter that has it. */
export async function installMoto(): Promise<string> {
  // Made beside its place and moved there when it is whole: tests that install at once do not see halves.
  const draft = `${FOLDER}.${process.pid}`;
  await mkdir(dirname(FOLDER), { recursive: true });
  await runCommand(process.platform === "win32" ? "python" : "python3", ["-m", "venv", draft]);
  const install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", REQUIREMENTS];
  await runCommand(interpreterIn(draft), install);
  try {
    await rename(draft, FOLDER);
  } catch (error) {
    await rm(draft, { recursive: true });
    // Somebody else was first, which is as good.
    if ((await installedMoto()) === undefined) throw error;
  }
  return interpreterIn(FOLDER);
}

function interpreterIn(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
