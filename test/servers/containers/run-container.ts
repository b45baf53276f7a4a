import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bareStart } from "./bare-start.js";
import type { ContainerImages } from "./container-images.js";

/** How a container is run: as Kubernetes runs one under Pod Security `restricted`, but for what is said here. */
export interface ContainerRun {
  /** Root filesystem; mounted read-only. */
  readonly root: string;
  readonly args: readonly string[];
  /** As `NAME=value`, in this order. */
  readonly env: readonly string[];
  readonly user: number;
  /** The user's number by default. */
  readonly group?: number;
  /** Further groups; none by default. */
  readonly groups?: readonly number[];
  /** Memory cgroup, swap included. */
  readonly memoryMiB?: number;
  /** Whether /proc is mounted; it is by default. */
  readonly proc?: boolean;
  /** Folders of the machine by where they are mounted. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Those of them, by where they are mounted, that cannot be written. */
  readonly readOnlyVolumes?: readonly string[];
}

export interface ContainerEnd {
  /** Its exit code; 128 and the number where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A container that runs; its command is process 1 of it. */
export interface RunningContainer {
  readonly ended: Promise<ContainerEnd>;
  /** Settles when it has printed this line. */
  printed(line: string): Promise<void>;
  /** Settles when it has printed this text. */
  logged(text: string): Promise<void>;
  /** Settles when its standard error has this text. */
  noted(text: string): Promise<void>;
  /** Its process 1, as the machine numbers it. */
  pid(): Promise<number>;
}

/** Runs a container to its end. */
export async function runContainer(images: ContainerImages, run: ContainerRun): Promise<ContainerEnd> {
  return (await startContainer(images, run)).ended;
}

export async function startContainer(images: ContainerImages, run: ContainerRun): Promise<RunningContainer> {
  const bundle = await mkdtemp(join(tmpdir(), "sluice-bundle-"));
  const id = `sluice-${randomUUID()}`;
  await writeFile(join(bundle, "config.json"), JSON.stringify(specification(run, id)));
  const runc = (...args: string[]): ChildProcess =>
    spawn(images.runc, ["--root", join(bundle, "state"), ...args], {
      env: { PATH: process.env["PATH"], LD_LIBRARY_PATH: images.libraries },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const bare = run.proc === false ? bareStart(run, id) : undefined;
  const child = bare
    ? spawn(bare.file, bare.args, { stdio: ["ignore", "pipe", "pipe"] })
    : runc("run", "--bundle", bundle, id);
  if (child.stdout === null || child.stderr === null) throw new Error("Its output is not piped");
  const lines = watchText(child.stdout);
  const notes = watchText(child.stderr);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    async ([stdout, stderr, [code]]): Promise<ContainerEnd> => {
      bare?.cleanUp();
      await rm(bundle, { recursive: true, force: true });
      return { code: code as number, stdout, stderr };
    },
  );
  return {
    ended,
    printed: (line) => lines.has(`${line}\n`),
    logged: (part) => lines.has(part),
    noted: (part) => notes.has(part),
    pid: async () => {
      if (bare !== undefined) return onlyChildOf(child.pid ?? 0);
      const state = runc("state", id);
      if (state.stdout === null) throw new Error("Its output is not piped");
      return (JSON.parse(await text(state.stdout)) as { readonly pid: number }).pid;
    },
  };
}

function watchText(output: NodeJS.ReadableStream): { has(part: string): Promise<void> } {
  let seen = "";
  const waiting: { readonly part: string; readonly done: () => void }[] = [];
  output.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    for (const { part, done } of waiting) if (seen.includes(part)) done();
  });
  return {
    has: (part) =>
      new Promise((done) => {
        if (seen.includes(part)) done();
        else waiting.push({ part, done });
      }),
  };
}

/** Process 1 of a namespace, seen from outside. */
async function onlyChildOf(pid: number): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, "utf8"));
}

const DEVICES = ["null", "zero", "full", "random", "urandom"];

function specification(run: ContainerRun, id: string): unknown {
  const { root, args, env, user, memoryMiB, proc = true, volumes = {}, readOnlyVolumes = [] } = run;
  const bytes = (memoryMiB ?? 0) * 1024 * 1024;
  return {
    ociVersion: "1.0.2",
    process: {
      user: { uid: user, gid: run.group ?? user, additionalGids: run.groups ?? [] },
      args,
      env,
      cwd: "/",
      noNewPrivileges: true,
      capabilities: {},
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 1000, hard: 4000 }],
    },
    root: { path: root, readonly: true },
    mounts: [
      ...(proc ? [{ destination: "/proc", type: "proc", source: "proc" }] : []),
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
      ...Object.entries(volumes).map(([destination, source]) => ({
        destination,
        source,
        type: "bind",
        options: ["rbind", "nosuid", "nodev", ...(readOnlyVolumes.includes(destination) ? ["ro"] : [])],
      })),
    ],
    linux: {
      // The network is the machine's: sources listen on its loopback address.
      namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })),
      cgroupsPath: `/sluice-test/${id}`,
      resources: {
        devices: [
          { allow: false, access: "rwm" },
          ...DEVICES.map((_, index) => ({
            allow: true,
            type: "c",
            major: 1,
            minor: [3, 5, 7, 8, 9][index],
            access: "rwm",
          })),
        ],
        ...(memoryMiB !== undefined && { memory: { limit: bytes, swap: bytes } }),
      },
    },
  };
}
