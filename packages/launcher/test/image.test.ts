import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackTar } from "modern-tar";
import { unpackTar as unpackInto } from "modern-tar/fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launcherProgram } from "../../../test/servers/launcher.js";
import type { Descriptor } from "../src/image/blob.js";
import { launcherImage } from "../src/image/launcher-image.js";
import { writeLayout } from "../src/image/write-layout.js";

const [x64, arm64] = [await launcherProgram("x64"), await launcherProgram("arm64")];

interface Index {
  readonly manifests: readonly (Descriptor & {
    readonly platform?: { readonly architecture: string; readonly os: string };
    readonly annotations?: Readonly<Record<string, string>>;
  })[];
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface Config {
  readonly architecture: string;
  readonly os: string;
  readonly config: { readonly User: string; readonly Entrypoint: readonly string[] };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

describe.skipIf(x64 === undefined || arm64 === undefined)("the launcher's image", () => {
  let folder = "";
  const programs = { amd64: new Uint8Array(), arm64: new Uint8Array() };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-image-"));
    programs.amd64 = await readFile(x64 ?? "");
    programs.arm64 = await readFile(arm64 ?? "");
    await writeLayout(folder, await launcherImage(programs, "1.2.3"), "1.2.3");
  });
  afterAll(async () => rm(folder, { recursive: true }));

  const seen = new Set<string>();

  /** What a descriptor refers to; its size and digest are what it says. */
  async function follow({ digest, size }: Descriptor): Promise<Buffer> {
    const [algorithm = "", hex = ""] = digest.split(":");
    const content = await readFile(join(folder, "blobs", algorithm, hex));
    expect(content.length).toBe(size);
    expect(createHash("sha256").update(content).digest("hex")).toBe(hex);
    seen.add(hex);
    return content;
  }
  const json = async <T>(descriptor: Descriptor): Promise<T> =>
    JSON.parse(String(await follow(descriptor))) as T;
  const top = async (): Promise<Index> =>
    JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as Index;

  async function layerOf(architecture: string): Promise<{ config: Config; layer: Buffer }> {
    const [named] = (await top()).manifests;
    const { manifests } = await json<Index>(named as Descriptor);
    const found = manifests.find(({ platform }) => platform?.architecture === architecture);
    const manifest = await json<Manifest>(found as Descriptor);
    expect(manifest.layers).toHaveLength(1);
    return {
      config: await json<Config>(manifest.config),
      layer: await follow(manifest.layers[0] as Descriptor),
    };
  }

  it("is a layout whose digests and sizes hold, of nothing more", async () => {
    expect(JSON.parse(await readFile(join(folder, "oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
    const { manifests } = await top();
    expect(manifests).toHaveLength(1);
    expect(manifests[0]?.annotations).toEqual({ "org.opencontainers.image.ref.name": "1.2.3" });
    await layerOf("amd64");
    await layerOf("arm64");
    expect(new Set(await readdir(join(folder, "blobs", "sha256")))).toEqual(seen);
  });

  it.each(["amd64", "arm64"] as const)("has the program and nothing else, for %s", async (architecture) => {
    const { config, layer } = await layerOf(architecture);
    expect(config).toMatchObject({
      architecture,
      os: "linux",
      config: { User: "65532:65532", Entrypoint: ["/sluice-launch"] },
      rootfs: { diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] },
    });
    const entries = await unpackTar(layer);
    expect(entries.map(({ header }) => header)).toMatchObject([
      { name: "sluice-launch", type: "file", mode: 0o555, uid: 0, gid: 0, mtime: new Date(0) },
    ]);
    expect(Buffer.from(entries[0]?.data ?? []).equals(programs[architecture])).toBe(true);
  });

  it("is the same when it is made again", async () => {
    const again = await launcherImage(programs, "1.2.3");
    expect(again.index.digest).toBe((await top()).manifests[0]?.digest);
    expect((await launcherImage(programs, "1.2.4")).index.digest).not.toBe(again.index.digest);
  });

  it("runs with nothing but itself in the root", async () => {
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    const { config, layer } = await layerOf(architecture);
    const root = join(folder, "root");
    await pipeline(Readable.from([layer]), unpackInto(root));
    const [entrypoint = ""] = config.config.Entrypoint;
    const chroot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const run = (...args: string[]) =>
      spawnSync("unshare", [...chroot, `--root=${root}`, "--wd=/", entrypoint, ...args], {
        encoding: "utf8",
        env: {},
      });
    expect(run("version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^sluice-launch \d/) });
    expect(run("install", "/")).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("installed /sluice-launch"),
    });
    expect(run("exec", "--", "/sluice-launch", "version")).toMatchObject({ status: 78 });
  });
});
