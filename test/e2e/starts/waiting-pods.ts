import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnerReference, Pod } from "@sluice/kubernetes";
import type { PlannedSource } from "@sluice/core/plan";
import { type BrokerWorld, SERVER_NAME } from "../broker/broker-world.js";
import { containerToken, createPod, planFor } from "../broker/test-pods.js";
import { inParallel } from "./in-parallel.js";

const REFERENCES: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`SECRET_${index}`, `secret://prod/s${index}`]),
);

/** What the plan by default gives a container. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(REFERENCES).map((name, index) => [name, `value-${index}-${"x".repeat(60)}`]),
);

/** A pod whose container is to be started now. */
export interface WaitingPod {
  readonly pod: Pod;
  /** Folder that the kubelet would mount; it holds `token`. */
  readonly folder: string;
  /** What the container's environment says before the launcher fills it in, as `NAME=value`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WaitingPodSettings {
  readonly namespace: string;
  /** Where launchers ask. */
  readonly port: number;
  /** Folder that gets a folder for each pod. */
  readonly folder: string;
  /** Where containers see that; where it is by default. */
  readonly mountedAt?: string;
  readonly owner?: OwnerReference;
  /** Variables of the plan; 20 secrets of the store `prod` by default. */
  readonly references?: Readonly<Record<string, string>>;
  /** What the plan says besides what every plan here does. */
  readonly plan?: object;
}

/** A store of a file, with the 20 secrets of the plan by default, that everybody may read. */
export async function fileStore(world: BrokerWorld): Promise<Readonly<Record<string, object>>> {
  const lines = Object.values(SECRETS).map((value, index) => `s${index}=${value}\n`);
  await world.write("secrets.env", lines.join(""));
  const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
  return { prod: { provider: "file", options: { path: "secrets.env" }, access } };
}

/** Creates pods of a workload, as many as wanted, and does what the kubelet does before it starts their containers. */
export async function createWaitingPods(
  world: BrokerWorld,
  count: number,
  settings: WaitingPodSettings,
): Promise<WaitingPod[]> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return inParallel(8, numbers, async (number) => createWaitingPod(world, number, settings));
}

async function createWaitingPod(
  world: BrokerWorld,
  number: number,
  { namespace, port, owner, references = REFERENCES, ...settings }: WaitingPodSettings,
): Promise<WaitingPod> {
  const name = `web-${number}`;
  const folder = join(settings.folder, name);
  const seen = join(settings.mountedAt ?? settings.folder, name);
  await mkdir(folder, { recursive: true });
  const source: PlannedSource = {
    serverName: SERVER_NAME,
    roots: world.authority.ca,
    token: join(seen, "token"),
  };
  const plan = { source, ...settings.plan };
  const pod = await createPod(world.admin, {
    namespace,
    name,
    plan,
    containers: { web: references },
    ...(owner !== undefined && { owner }),
  });
  await writeFile(join(folder, "token"), await containerToken(world.admin, pod, "web"), { mode: 0o444 });
  const env = {
    ...references,
    SLUICE_PLAN: planFor("web", references, plan),
    SLUICE_SOURCE: `https://127.0.0.1:${port}`,
  };
  return { pod, folder, env };
}
