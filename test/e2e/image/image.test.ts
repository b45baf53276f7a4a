import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import {
  type ContainerEnd,
  type ContainerRun,
  runContainer,
} from "../../servers/containers/run-container.js";
import { unpackLayout, writeBaseImage, writeSluiceImage } from "../../servers/containers/sluice-image.js";
import { runCommand } from "../../servers/shared/run-command.js";

const ROOT = new URL("../../../", import.meta.url);

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

interface Layout {
  readonly folder: string;
  readonly manifests: readonly Descriptor[];
}

describe("the image of sluice", () => {
  let work: string;
  let images: ContainerImages;
  let layout: Layout;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "sluice-image-"));
    images = await containerImages();
    layout = await write("image", "--base", await writeBaseImage(work));
  }, 600_000);
  afterAll(async () => rm(work, { recursive: true, force: true }));

  async function write(name: string, ...args: readonly string[]): Promise<Layout> {
    const folder = join(work, name);
    await writeSluiceImage(folder, args);
    const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as Omit<Layout, "folder">;
    return { folder, manifests: index.manifests };
  }

  async function read<Content>({ folder }: Layout, { digest, size }: Descriptor): Promise<Content> {
    const content = await readFile(blobOf(folder, digest));
    expect(content.length).toBe(size);
    return JSON.parse(content.toString()) as Content;
  }

  interface Manifest {
    readonly config: Descriptor;
    readonly layers: readonly Descriptor[];
  }

  interface Config {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Env: readonly string[];
    };
    readonly rootfs: { readonly diff_ids: readonly string[] };
    readonly history: readonly object[];
  }

  async function open(of: Layout): Promise<{ readonly manifest: Manifest; readonly config: Config }> {
    const manifest = await read<Manifest>(of, of.manifests[0] as Descriptor);
    return { manifest, config: await read<Config>(of, manifest.config) };
  }

  it("is a layout of blobs that are what they are called, and no others", async () => {
    const { manifest, config } = await open(layout);
    const blobs = await readdir(join(layout.folder, "blobs/sha256"));
    for (const name of blobs) {
      const content = await readFile(join(layout.folder, "blobs/sha256", name));
      expect(createHash("sha256").update(content).digest("hex")).toBe(name);
    }
    const named = [layout.manifests[0], manifest.config, ...manifest.layers].map((of) => of?.digest.slice(7));
    expect(blobs.sort()).toEqual(named.toSorted((a = "", b = "") => (a < b ? -1 : 1)));
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(({ digest }) => digest));
    expect(config.config).toMatchObject({
      User: "65532:65532",
      Env: expect.arrayContaining([
        "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
        "NODE_ENV=production",
      ]) as string[],
    });
  });

  it("is the same each time, and its own layers are the same on any base", async () => {
    const again = await write("again", "--base", join(work, "base"));
    expect(again.manifests).toEqual(layout.manifests);
    const { manifest } = await open(await write("bare"));
    expect((await open(layout)).manifest.layers.slice(1)).toEqual(manifest.layers);
    const slim = await open(await write("no-node", "--no-node"));
    expect(slim.manifest.layers).toEqual(manifest.layers.slice(1));
    expect(slim.config.config.Entrypoint[0]).toBe("node");
  }, 120_000);

  it("is what the Containerfile makes, with the same tools", async () => {
    const read = async (file: string): Promise<string> => readFile(new URL(file, ROOT), "utf8");
    const lines = (await read("deploy/image/Containerfile")).split("\n");
    const last = (instruction: string): string | undefined =>
      lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1);
    const { config } = (await open(layout)).config;
    expect({ User: last("USER"), Entrypoint: JSON.parse(last("ENTRYPOINT") ?? "") as unknown }).toEqual({
      User: config.User,
      Entrypoint: config.Entrypoint,
    });
    expect(config.Env).toContain(last("ENV"));
    expect(last("COPY")).toBe("--from=build /image /");
    const text = lines.join("\n");
    const [, pnpm] = /pnpm@([0-9.]+)/.exec(await read("package.json")) ?? [];
    expect(new Set(Array.from(text.matchAll(/pnpm@([0-9.]+)/g), ([, used]) => used))).toEqual(
      new Set([pnpm]),
    );
    expect(text).toContain(`library/node:${process.versions.node}-`);
  });

  describe("unpacked, with a root that is read-only, as nobody", () => {
    let root: string;
    beforeAll(async () => {
      root = join(work, "root");
      await mkdir(root);
      await unpackLayout(layout.folder, root);
      await runCommand("chmod", ["755", work, root]);
    }, 120_000);

    async function run(
      args: readonly string[],
      { env = [], volumes = {} }: Partial<Pick<ContainerRun, "env" | "volumes">> = {},
    ): Promise<ContainerEnd> {
      const { config } = (await open(layout)).config;
      return runContainer(images, {
        root,
        args: [...config.Entrypoint, ...args],
        env: [...config.Env, ...env],
        user: 65_532,
        memoryMiB: 192,
        volumes,
      });
    }

    it("tells its version", async () => {
      const { code, stdout, stderr } = await run(["version", "-o", "json"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(process.version.slice(1));
    });

    it.each(["webhook", "broker"])("has %s", async (mode) => {
      const { code, stdout } = await run([mode, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: sluice ${mode}`);
    });

    it("reads secrets, and loads what the clients of stores are made of", async () => {
      const folder = join(work, "config");
      await mkdir(folder);
      await writeFile(join(folder, "secrets.env"), "a=from a file\n", { mode: 0o644 });
      const nowhere = "http://127.0.0.1:1";
      const stores = {
        files: { provider: "file", path: "secrets.env" },
        parameters: { provider: "ssm", region: "eu-west-1", endpoint: nowhere },
        vault: { provider: "vault", address: nowhere, auth: { token: {} } },
      };
      await writeFile(join(folder, "sluice.yaml"), JSON.stringify({ stores }), { mode: 0o644 });
      const keys = ["VAULT_TOKEN=t", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b"];
      const readFrom = async (reference: string): Promise<ContainerEnd> =>
        run(["read", reference, "--config", "/config/sluice.yaml"], {
          env: keys,
          volumes: { "/config": folder },
        });
      expect(await readFrom("secret://files/a")).toMatchObject({ code: 0, stdout: "from a file" });
      for (const [store, failure] of [
        ["parameters", "AWS did not answer"],
        ["vault", "ECONNREFUSED"],
      ] as const)
        expect(await readFrom(`secret://${store}/a`)).toMatchObject({
          code: 69,
          stderr: expect.stringContaining(failure) as string,
        });
    }, 120_000);

    it("has the sidecar in few files, which write what a plan asks for", async () => {
      const plan = { version: 1, minReader: 1, critical: [], roots: ["/files"] };
      const content = { format: "raw", text: "secret://files/a" };
      const folder = join(work, "sidecar");
      const files = join(work, "files");
      for (const each of [folder, files]) await mkdir(each);
      await runCommand("chmod", ["777", files]);
      await writeFile(join(folder, "secrets.env"), "a=from a file\n", { mode: 0o644 });
      // Whatever is not in the bundle is not to be had.
      await runCommand("mv", [join(root, "opt/sluice/packages/cli/dist"), join(work, "cli-dist")]);
      try {
        const { code, stderr } = await run(["sidecar", "--once"], {
          env: [
            `SLUICE_FILES=${JSON.stringify({ ...plan, files: [{ path: "/files/a", content, mode: "0444" }] })}`,
            `SLUICE_STORES=${JSON.stringify({ stores: { files: { provider: "file", path: "/config/secrets.env" } } })}`,
          ],
          volumes: { "/config": folder, "/files": files },
        });
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(await readFile(join(files, "a"), "utf8")).toBe("from a file");
      } finally {
        await runCommand("mv", [join(work, "cli-dist"), join(root, "opt/sluice/packages/cli/dist")]);
      }
    }, 120_000);

    it("has every package that another one needs, and nothing of development", async () => {
      const manifests = globSync(
        "opt/sluice/{packages/*,node_modules/.pnpm/*/node_modules/{*,@*/*}}/package.json",
        {
          cwd: root,
        },
      );
      const missing: string[] = [];
      for (const path of manifests) {
        const from = await realpath(join(root, path));
        const { dependencies = {} } = JSON.parse(await readFile(from, "utf8")) as {
          readonly dependencies?: Readonly<Record<string, string>>;
        };
        for (const name of Object.keys(dependencies))
          if (!isThere(dirname(from), name)) missing.push(`${path} needs ${name}`);
      }
      expect(missing).toEqual([]);
      expect(manifests.length).toBeGreaterThan(100);
      expect(manifests.filter((path) => /node_modules\/(typescript|vitest|oxlint)\//.test(path))).toEqual([]);
    });
  });
});

/** Whether a package is found from a folder, as Node looks for it. */
function isThere(folder: string, name: string): boolean {
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return true;
  const parent = dirname(folder);
  return parent !== folder && isThere(parent, name);
}

function blobOf(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}
