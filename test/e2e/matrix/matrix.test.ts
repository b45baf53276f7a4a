import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ContainerImages,
  containerImages,
  IMAGE_KINDS,
} from "../../servers/containers/container-images.js";
import { type ContainerRun, runContainer, startContainer } from "../../servers/containers/run-container.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { installLauncher, leavePageCache } from "../../servers/containers/install-launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { normalReport, procReport, sleeps } from "./normal-report.js";
import { openSources, type OpenSources, type SourceKind } from "./open-source.js";

const USERS = [0, 65_534, 1_000_680_000];
const SECRETS = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `SECRET_${index}`,
    `value ${index} §$(X) ${"x".repeat(index * 40)}`,
  ]),
);
const REFERENCES = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, `secret://prod/${name}`]));
const PLAIN = [
  "PATH=/bin:/usr/bin",
  "A=1",
  "HTTPS_PROXY=http://127.0.0.1:1",
  "SSL_CERT_FILE=/nowhere",
  "EMPTY=",
];
const entries = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);

let images: ContainerImages;
let sources: OpenSources | undefined;
let work: string;
const at = (name: string): string => join(work, name);

beforeAll(async () => {
  images = await containerImages();
  work = await mkdtemp(join(tmpdir(), "sluice-matrix-"));
  await chmod(work, 0o755);
  await installLauncher(images, work);
  sources = await openSources(at("shared"), REFERENCES, { protocol: 1, critical: [], env: SECRETS });
  await chmod(at("shared"), 0o777);
  await chmod(at("shared/source.sock"), 0o777);
}, 300_000);
afterAll(async () => {
  await sources?.close();
  await rm(work, { recursive: true, force: true });
});

type Case = Pick<ContainerRun, "user" | "memoryMiB" | "proc"> & {
  readonly image: (typeof IMAGE_KINDS)[number];
  readonly source: SourceKind;
};

const COMMAND = ["/probe", "two words", "", "$(A)"];

function directRun({ image, user, memoryMiB, proc }: Case, args = COMMAND): ContainerRun {
  return {
    root: images.roots[image],
    user,
    args,
    env: [...PLAIN, ...entries(SECRETS)],
    volumes: { "/sluice": at("volume") },
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(proc !== undefined && { proc }),
  };
}

async function launchedRun(wanted: Case, args = COMMAND): Promise<ContainerRun> {
  // A file must be the user's own.
  const own = at(`volume/${wanted.user}`);
  await mkdir(own, { recursive: true });
  await copyShared(own, wanted.user);
  const variables = await (sources as OpenSources).variables(wanted.source, `/sluice/${wanted.user}`);
  return {
    ...directRun(wanted),
    args: ["/sluice/sluice-launch", "exec", "--", ...args],
    env: [...PLAIN, ...entries(REFERENCES), ...variables],
  };
}

async function copyShared(own: string, user: number): Promise<void> {
  await copyFile(at("shared/token"), join(own, "token"));
  await writeFile(
    join(own, "environment.json"),
    JSON.stringify({ protocol: 1, critical: [], env: SECRETS }),
    { mode: 0o400 },
  );
  await chown(join(own, "environment.json"), user, user);
  await rm(join(own, "source.sock"), { force: true });
  await runCommand("ln", [at("shared/source.sock"), join(own, "source.sock")]);
}

const cases: Case[] = IMAGE_KINDS.flatMap((image) =>
  USERS.flatMap((user) => [
    { image, user, source: "https", memoryMiB: 32, proc: true } as const,
    { image, user, source: "https", memoryMiB: 32, proc: false } as const,
    { image, user, source: "https", memoryMiB: 16, proc: true } as const,
    { image, user, source: "https", memoryMiB: 16, proc: false } as const,
    { image, user, source: "unix", memoryMiB: 16, proc: true } as const,
    { image, user, source: "file", memoryMiB: 16, proc: false } as const,
  ]),
);

describe("a program in a stranger's container is started as if nobody had stood before it", () => {
  it.each(cases)("$image, user $user, $memoryMiB MiB, /proc $proc, from $source", async (wanted) => {
    const direct = await runContainer(images, directRun(wanted));
    expect(direct).toMatchObject({ code: 0, stderr: "" });
    await leavePageCache(at("volume/sluice-launch"));
    const launched = await runContainer(images, await launchedRun(wanted));
    expect(launched.stderr).toBe("");
    expect(launched.code).toBe(0);
    expect(normalReport(launched.stdout)).toEqual(normalReport(direct.stdout));
  });

  it.each(IMAGE_KINDS)("and is process 1 that gets SIGTERM: %s", async (image) => {
    const wanted: Case = { image, user: 65_534, source: "https", memoryMiB: 32 };
    const command = ["/probe", "wait"];
    const direct = await startContainer(images, directRun(wanted, command));
    const launched = await startContainer(images, await launchedRun(wanted, command));
    const reports = [];
    for (const container of [direct, launched]) {
      await container.printed("waiting");
      const pid = await container.pid();
      await waitUntil("it waits, not only says so", async () => sleeps(pid));
      reports.push(await procReport(pid));
      process.kill(pid, "SIGTERM");
      expect((await container.ended).code).toBe(7);
    }
    expect(reports[1]).toEqual(reports[0]);
  });
});
