import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../shared/run-command.js";

/**
 * Unpacks Debian packages, as the machine's release has them, into a folder; nothing is installed. A folder that
 * exists is complete.
 */
export async function unpackPackages(names: readonly string[], folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    await download(names, work);
    const unpacked = join(work, "unpacked");
    for (const file of (await readdir(work)).filter((name) => name.endsWith(".deb")))
      await runCommand("dpkg-deb", ["-x", join(work, file), unpacked]);
    await rename(unpacked, folder).catch((error: unknown) => {
      // Somebody else was faster.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(names: readonly string[], folder: string): Promise<void> {
  const fetch = ["-C", folder, "apt-get", "download", ...names];
  // The machine's list of packages may be missing or out of date.
  await runCommand("env", fetch).catch(async () => {
    await runCommand("apt-get", ["update"]);
    await runCommand("env", fetch);
  });
}
