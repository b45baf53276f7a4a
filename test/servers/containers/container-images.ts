import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";
import { unpackPackages } from "./debian-packages.js";

/** Kinds of image a launcher may be put into. Each has `/probe`, and nothing that its kind has not. */
export type ImageKind = "debian" | "musl" | "distroless" | "scratch";

export const IMAGE_KINDS: readonly ImageKind[] = ["debian", "musl", "distroless", "scratch"];

export interface ContainerImages {
  /** The container runtime, and where its libraries are. */
  readonly runc: string;
  readonly libraries: string;
  /** Root filesystem by kind. */
  readonly roots: Readonly<Record<ImageKind, string>>;
}

const PROBE = fileURLToPath(new URL("probe.c", import.meta.url));
const LIBC = ["libc6"];
const SHELL = ["dash", "coreutils", "libselinux1", "libpcre2-8-0", "libacl1", "libattr1", "libgmp10"];

/** Makes them from Debian's packages and a C compiler, once, in the user's cache. Needs Linux on x86-64 and root to run. */
export async function containerImages(): Promise<ContainerImages> {
  const source = await readFile(PROBE);
  const recipe = await readFile(fileURLToPath(import.meta.url));
  const version = createHash("sha256").update(source).update(recipe).digest("hex").slice(0, 16);
  const base = cacheFolder(`containers-${version}`);
  const tools = join(base, "tools");
  await unpackPackages(["runc", "libseccomp2", "musl", "musl-dev", "musl-tools"], tools);
  const roots = {} as Record<ImageKind, string>;
  for (const kind of IMAGE_KINDS) {
    roots[kind] = join(base, kind);
    if (!existsSync(roots[kind])) await makeRoot(kind, roots[kind], tools);
  }
  return {
    runc: join(tools, "usr/sbin/runc"),
    libraries: join(tools, "usr/lib/x86_64-linux-gnu"),
    roots,
  };
}

async function makeRoot(kind: ImageKind, root: string, tools: string): Promise<void> {
  const half = `${root}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  if (kind === "debian") await unpackPackages(["base-files", ...LIBC, ...SHELL], half);
  if (kind === "distroless") await unpackPackages(["ca-certificates", "tzdata", ...LIBC], half);
  if (kind === "musl") await unpackPackages(["musl", "busybox-static"], half);
  for (const folder of ["proc", "dev", "sys", "etc", "sluice"])
    await mkdir(join(half, folder), { recursive: true });
  if (kind === "musl") await symlink("busybox", join(half, "bin/sh"));
  // Their users have none to fall back on.
  for (const folder of ["tmp", "root", "home", "var/tmp"])
    await rm(join(half, folder), { recursive: true, force: true });
  await compileProbe(kind, join(half, "probe"), tools);
  await rename(half, root);
}

async function compileProbe(kind: ImageKind, output: string, tools: string): Promise<void> {
  const common = ["-O1", "-Wall", "-o", output, PROBE];
  if (kind === "musl") await runCommand("gcc", [...(await muslFlags(tools)), ...common]);
  else await runCommand("gcc", [...(kind === "scratch" ? ["-static"] : []), ...common]);
  await chmod(output, 0o755);
}

/** What `musl-gcc` does, with the paths of where its package was unpacked. */
async function muslFlags(tools: string): Promise<string[]> {
  const unpacked = join(tools, "usr/lib/x86_64-linux-musl/musl-gcc.specs");
  const specs = join(tools, "musl-gcc.specs");
  const text = await readFile(unpacked, "utf8");
  await writeFile(
    specs,
    text
      .replaceAll("/usr/lib/x86_64-linux-musl", join(tools, "usr/lib/x86_64-linux-musl"))
      .replaceAll("/usr/include/x86_64-linux-musl", join(tools, "usr/include/x86_64-linux-musl")),
  );
  return ["-specs", specs];
}
