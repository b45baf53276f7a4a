import type { Pod } from "@sluice/core/pod";
import type { ContainerEnd, RunningContainer } from "../../servers/containers/run-container.js";
import { type Node, preparePod, type PreparedPod, startSidecar } from "./mini-kubelet.js";

/** A pod whose init containers are over, whose sidecars have started, and whose other containers run side by side. */
export interface RunningPod extends PreparedPod {
  readonly running: ReadonlyMap<string, RunningContainer>;
  /** How the containers ended: all that are no native sidecars by themselves, and these when they were told to. */
  readonly ended: Promise<ReadonlyMap<string, ContainerEnd>>;
}

type State = Readonly<Record<string, object>>;

/**
 * Runs a pod as a node does: what is no init container runs at once, and the API server is told what becomes of each
 * container. Disposing tells all that still runs to stop.
 */
export async function runTogether(node: Node, pod: Pod): Promise<RunningPod> {
  const prepared = await preparePod(node, pod);
  const running = new Map<string, RunningContainer>();
  const ends = new Map<string, ContainerEnd>();
  const states = new Map<string, State>();
  let telling: Promise<unknown> = Promise.resolve();

  const tell = (name: string, state: State): void => {
    states.set(name, state);
    const status = statusOf(pod, states);
    telling = telling.then(async () => report(node, pod, status));
  };
  const follow = async (name: string, container: RunningContainer): Promise<void> => {
    running.set(name, container);
    tell(name, { running: { startedAt: new Date().toISOString() } });
    const end = await container.ended;
    ends.set(name, end);
    running.delete(name);
    tell(name, { terminated: { exitCode: end.code } });
  };
  const stopAll = async (): Promise<void> => {
    for (const container of Array.from(running.values()).reverse()) await stop(container);
  };

  const sidecars: Promise<void>[] = [];
  try {
    for (const container of pod.spec.initContainers ?? []) {
      if (container.restartPolicy === "Always")
        sidecars.push(follow(container.name, await startSidecar(prepared, container)));
      else {
        const end = await (await prepared.start(container.name)).ended;
        ends.set(container.name, end);
        if (end.code !== 0) throw new Error(`${container.name} ended with ${end.code}: ${end.stderr}`);
      }
    }
    const apps = await Promise.all(
      pod.spec.containers.map(async ({ name }) => [name, await prepared.start(name)] as const),
    );
    const followed = apps.map(async ([name, container]) => follow(name, container));
    const ended = (async () => {
      await Promise.all(followed);
      await stopAll();
      await Promise.all(sidecars);
      await telling;
      return ends;
    })();
    // Told to whoever waits for it.
    ended.catch(() => undefined);
    return {
      ...prepared,
      running,
      ended,
      [Symbol.asyncDispose]: async () => {
        await stopAll();
        await ended.catch(() => undefined);
        await prepared[Symbol.asyncDispose]();
      },
    };
  } catch (thrown) {
    await stopAll();
    await prepared[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** As long as a process has to end by itself, in milliseconds: one that is process 1 may not hear the signal at all. */
const GRACE_MS = 10_000;

/** Asks a container to stop, and kills it where it does not. */
export async function stop(container: RunningContainer): Promise<ContainerEnd> {
  const process1 = await container.pid();
  process.kill(process1, "SIGTERM");
  const late = setTimeout(() => process.kill(process1, "SIGKILL"), GRACE_MS);
  const end = await container.ended;
  clearTimeout(late);
  return end;
}

function statusOf({ spec }: Pod, states: ReadonlyMap<string, State>): object {
  const of = (list: Pod["spec"]["containers"] = []): object[] =>
    list.flatMap(({ name, image = "" }) => {
      const state = states.get(name);
      return state === undefined
        ? []
        : [{ name, state, image, imageID: "", ready: false, restartCount: 0, containerID: `test://${name}` }];
    });
  return { containerStatuses: of(spec.containers), initContainerStatuses: of(spec.initContainers) };
}

async function report({ client }: Node, { metadata }: Pod, status: object): Promise<void> {
  const { name = "", namespace = "" } = metadata ?? {};
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  const contentType = "application/merge-patch+json";
  await client.call(
    { method: "PATCH", path, body: { status }, contentType },
    { signal: AbortSignal.timeout(30_000) },
  );
}
