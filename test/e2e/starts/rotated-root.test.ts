import { X509Certificate } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { once } from "node:events";
import { KubernetesClient } from "@sluice/kubernetes";
import { createLog } from "@sluice/service";
import { type OwnCertificate, ownCertificate, type OwnCertificateOptions } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { freePort } from "../../servers/shared/free-port.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { running, setStatus } from "../broker/test-pods.js";
import { failureOf, startLauncher } from "./start-launcher.js";
import { createWaitingPods, fileStore, SECRETS, type WaitingPod } from "./waiting-pods.js";

const program = await launcherProgram();
const DAY = 86_400_000;

await describeOnKubernetes("a broker whose root is replaced", (cluster) => {
  let world: BrokerWorld;
  let broker: StartedBroker;
  let port: number;
  let first: OwnCertificate;
  const admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  const log = createLog("webhook", { write: () => undefined });

  /** As the webhook keeps them: in a Secret, whose files the broker finds in its volume. */
  async function certificates(more: Partial<OwnCertificateOptions>): Promise<OwnCertificate> {
    return ownCertificate(
      admin,
      {
        namespace: "sluice-system",
        secret: "sluice-broker-tls",
        identity: "replica",
        names: [SERVER_NAME],
        configurations: [],
        checkMs: 300,
        propagationMs: 500,
        ...more,
      },
      log,
    );
  }

  async function mount({ current }: OwnCertificate): Promise<void> {
    for (const [name, text] of [
      ["tls.key", current.key],
      ["tls.crt", current.cert],
    ] as const) {
      await writeFile(join(world.folder, `${name}.new`), text, { mode: 0o600 });
      await rename(join(world.folder, `${name}.new`), join(world.folder, name));
    }
  }

  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    first = await certificates({ rootMs: DAY });
    await first[Symbol.asyncDispose]();
    await mount(first);
    port = await freePort();
    broker = await world.start({ stores: await fileStore(world), port });
  });
  afterAll(async () => {
    await broker.stop();
    await world.close();
    admin[Symbol.dispose]();
  });

  async function podWith(roots: string): Promise<WaitingPod> {
    const namespace = await world.newNamespace();
    const folder = join(world.folder, namespace);
    const source = { serverName: SERVER_NAME, roots, token: join(folder, "web-0", "token"), waitSeconds: 2 };
    const [pod] = await createWaitingPods(world, 1, { namespace, port, folder, plan: { source } });
    return pod as WaitingPod;
  }

  /** Starts the container of a pod for the n-th time, and tells why it failed if it did. */
  async function start(pod: WaitingPod, restarts = 0): Promise<string | undefined> {
    const status = running("web", { restarts });
    if (restarts > 0) await setStatus(world.admin, pod.pod, { containerStatuses: [status] });
    return failureOf(await startLauncher(program ?? "", pod).result, SECRETS);
  }

  async function servedNow(): Promise<X509Certificate | undefined> {
    const socket = connect({ host: "127.0.0.1", port, servername: SERVER_NAME, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    return certificate;
  }

  const rootsIn = (pem: string): string[] => pem.split(/(?<=-----END CERTIFICATE-----\n)/);

  it.runIf(program)(
    "starts the containers of pods that know the old root alone, again and again",
    async () => {
      const old = await podWith(first.roots);
      expect(await start(old)).toBeUndefined();

      // Too little time for the next replica, which makes another as soon as it leads.
      const second = await certificates({ leafMs: 20_000 });
      const mounting: Promise<void>[] = [mount(second)];
      second.onRenewed(() => void mounting.push(mount(second)));
      const isUnder = (leaf: X509Certificate | undefined): boolean => {
        const [newest = ""] = rootsIn(second.roots);
        return newest !== first.roots && leaf?.verify(new X509Certificate(newest).publicKey) === true;
      };
      await waitUntil("the broker serves what the new root has issued", async () =>
        isUnder(await servedNow()),
      );

      expect(rootsIn(second.roots)).toHaveLength(2);
      expect(await start(old, 1)).toBeUndefined();
      expect(await start(await podWith(second.roots))).toBeUndefined();

      await waitUntil("new pods are told of the new root alone", () => rootsIn(second.roots).length === 1);
      expect(await start(old, 2)).toBeUndefined();
      expect(await start(await podWith(second.roots))).toBeUndefined();

      // And a root that never was this broker's is not trusted because of all that.
      expect(await start(await podWith(world.authority.ca))).toContain("does not descend from the roots");
      await second[Symbol.asyncDispose]();
      await Promise.all(mounting);
    },
    120_000,
  );
});
