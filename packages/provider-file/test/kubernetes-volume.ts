import { mkdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomUUID } from "node:crypto";

/**
 * A Secret as the kubelet mounts it: the files in `..<time>/`, `..data` a link to that, and every key a link
 * through `..data`. (pkg/volume/util/atomic_writer.go)
 */
export async function createVolume(volume: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(volume);
  await symlink(await writeGeneration(volume, files), join(volume, "..data"));
  for (const name of new Set(Object.keys(files).map((path) => path.split("/")[0] ?? "")))
    await symlink(join("..data", name), join(volume, name));
}

/** Replaces the content of all files at once, as the kubelet does: by renaming a new link over `..data`. */
export async function updateVolume(volume: string, files: Readonly<Record<string, string>>): Promise<void> {
  const previous = await readlink(join(volume, "..data"));
  await symlink(await writeGeneration(volume, files), join(volume, "..data_tmp"));
  await rename(join(volume, "..data_tmp"), join(volume, "..data"));
  await rm(join(volume, previous), { recursive: true });
}

async function writeGeneration(volume: string, files: Readonly<Record<string, string>>): Promise<string> {
  const generation = `..2026_01_01_00_00_00.${randomUUID()}`;
  for (const [path, content] of Object.entries(files)) {
    const target = join(volume, generation, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  return generation;
}
