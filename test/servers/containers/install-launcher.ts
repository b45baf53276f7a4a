import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launcherProgram } from "../launcher.js";
import { runCommand } from "../shared/run-command.js";
import type { ContainerImages } from "./container-images.js";
import { runContainer } from "./run-container.js";

/**
 * Puts the launcher into the folder `volume` of `work`, as an init container does: from an image that holds nothing
 * else, as nobody.
 *
 * @throws {Error} when it cannot be built or does not install itself
 */
export async function installLauncher(images: ContainerImages, work: string): Promise<void> {
  const at = (name: string): string => join(work, name);
  for (const folder of ["image/proc", "image/dev", "image/sluice", "volume"])
    await mkdir(at(folder), { recursive: true });
  await chmod(at("volume"), 0o777);
  const program = await launcherProgram();
  if (program === undefined) throw new Error("The launcher needs Go to be built");
  await copyFile(program, at("image/sluice-launch"));
  await chmod(at("image/sluice-launch"), 0o555);
  const { code, stderr } = await runContainer(images, {
    root: at("image"),
    args: ["/sluice-launch", "install", "/sluice"],
    env: [],
    user: 65_534,
    memoryMiB: 16,
    volumes: { "/sluice": at("volume") },
  });
  if (code !== 0) throw new Error(`The launcher was not installed: ${code} ${stderr}`);
}

/**
 * Makes the page cache forget a file, as it has never seen it on a node that a pod is new to.
 *
 * @throws {Error} when a page of it stays, since somebody runs it
 */
export async function leavePageCache(file: string): Promise<void> {
  await runCommand("dd", [`of=${file}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
  await runCommand("dd", [`if=${file}`, "iflag=nocache", "count=0"]);
  const pages = await runCommand("fincore", ["--noheadings", "--output", "PAGES", file]);
  if (Number(pages) !== 0) throw new Error(`${pages.trim()} pages of ${file} are still in the page cache`);
}
