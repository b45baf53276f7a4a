import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type ContainerImages,
  containerImages,
  IMAGE_KINDS,
} from "../../servers/containers/container-images.js";
import { installLauncher, leavePageCache } from "../../servers/containers/install-launcher.js";
import { runContainer } from "../../servers/containers/run-container.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { BrokerWorld } from "../broker/broker-world.js";
import { type BrokerProcess, startBrokerProcess } from "./broker-process.js";
import { createWaitingPods, fileStore, SECRETS } from "./waiting-pods.js";

const STARTS = 100;
const PLACE = "/sluice";

await describeOnKubernetes("containers of 32 MiB on a node that has never seen the launcher", (cluster) => {
  let world: BrokerWorld;
  let broker: BrokerProcess;
  let images: ContainerImages;
  beforeAll(async () => {
    images = await containerImages();
    world = await BrokerWorld.open(cluster);
    broker = await startBrokerProcess(world, { stores: await fileStore(world) });
    await installLauncher(images, world.folder);
  }, 300_000);
  afterAll(async () => {
    await broker.stop();
    await world.close();
  });

  it(`start with 20 secrets, ${STARTS} of ${STARTS}`, { timeout: 300_000 }, async () => {
    const namespace = await world.newNamespace();
    const volume = join(world.folder, "volume");
    const settings = { namespace, port: broker.port, folder: volume, mountedAt: PLACE };
    const pods = await createWaitingPods(world, STARTS, settings);
    await chmod(volume, 0o755);
    for (const [number, { env }] of pods.entries()) {
      await leavePageCache(join(volume, "sluice-launch"));
      const image = IMAGE_KINDS[number % IMAGE_KINDS.length] ?? "scratch";
      const ended = await runContainer(images, {
        root: images.roots[image],
        args: [`${PLACE}/sluice-launch`, "exec", "--", "/probe"],
        env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
        user: 65_534,
        memoryMiB: 32,
        volumes: { [PLACE]: volume },
      });
      expect(ended, `start ${number}, ${image}`).toMatchObject({ code: 0, stderr: "" });
      for (const [name, value] of Object.entries(SECRETS))
        expect(ended.stdout).toContain(`variable ${name}=${value}\n`);
    }
    expect(broker.counts).toEqual({ released: STARTS, refused: 0 });
  });
});
