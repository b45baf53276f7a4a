import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SSM } from "@aws-sdk/client-ssm";
import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { startAws } from "../../servers/aws.js";
import { type ContainerImages, containerImages } from "../../servers/containers/container-images.js";
import type { ContainerEnd } from "../../servers/containers/run-container.js";
import { unpackedSluiceImage } from "../../servers/containers/sluice-image.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import type { RunningServer } from "../../servers/shared/server.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type NodeImage, runPod } from "../peers/mini-kubelet.js";
import { ask, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";

const OURS = "example.test/sluice:1";
const SEED = fileURLToPath(new URL("../../fixtures/kees/seed.yaml", import.meta.url));
const CREDENTIALS = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "test" };
/** What the node gives to containers, as a cluster with roles for pods does. */
const ENVIRONMENT = [
  "AWS_ACCESS_KEY_ID=AKIATESTTESTTESTTEST",
  "AWS_SECRET_ACCESS_KEY=test",
  "AWS_REGION=eu-west-1",
];
const LINES = `db.password=fakepassword
signingKey.v1_private=privatekeydummyvalue
signingKey.v1_public=publickeydummyvalue
`;
const PRINT = 'process.stdout.write(require("node:fs").readFileSync("/secret/secret"))';
const LIST = 'console.log(require("node:fs").readdirSync("/secret"))';

await describeOnKubernetes("the manifest that kees describes", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  let work: string;
  let aws: RunningServer;
  let ssm: SSM;
  let webhook: StartedWebhook;
  let runtime: ContainerImages;
  let images: Record<string, NodeImage>;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "sluice-kees-image-"));
    const started = await startAws();
    if (started.kind === "unavailable") throw new Error(started.reason);
    aws = started;
    ssm = new SSM({ endpoint: aws.address, region: "eu-west-1", credentials: CREDENTIALS });
    runtime = await containerImages();
    const { root, entrypoint, env: own } = await unpackedSluiceImage(work);
    await chmod(work, 0o755);
    const env = [...own, ...ENVIRONMENT, `AWS_ENDPOINT=${aws.address}`];
    const [node = ""] = entrypoint;
    images = {
      [OURS]: { root, entrypoint, env },
      app: { root, cmd: [node, "-e", `try { ${PRINT} } catch { ${LIST} }`] },
    };
    webhook = await startWebhook(client, { kees: { images: { "bsycorp/kees/init": OURS } } });
    const at = `https://${webhook.address}`;
    await register(cluster, "Mutating", "mutate", `${at}/mutate`, webhook.caBundle);
    await register(cluster, "Validating", "validate", `${at}/validate`, webhook.caBundle);
  }, 300_000);
  afterAll(async () => {
    await webhook?.stop();
    await aws?.stop();
    ssm?.destroy();
    client[Symbol.dispose]();
    await rm(work, { recursive: true, force: true });
  });

  /** The pod that the manifest's controller would make, as the API server has it. */
  async function admitted(): Promise<Pod> {
    const manifest = parse(await readFile(SEED, "utf8")) as { readonly spec: { readonly template: Pod } };
    const { template } = manifest.spec;
    const namespace = await newNamespace(cluster, { webhook: "sluice" });
    const pod = { ...template, metadata: { ...template.metadata, generateName: "app-" } };
    let made: Pod | undefined;
    await waitUntil("the API server asks the webhook", async () => {
      // On a busy machine the webhook's answer may come too late, and the pod is refused.
      const { status, body } = await ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, pod);
      made = status === 201 ? (body as unknown as Pod) : undefined;
      return made?.spec.initContainers?.[0]?.image === OURS;
    });
    return made as Pod;
  }

  async function put(name: string, value: string): Promise<void> {
    await ssm.putParameter({ Name: name, Value: value, Type: "SecureString", Overwrite: true });
  }

  async function run(): Promise<{
    readonly init: ContainerEnd;
    readonly app: ContainerEnd;
    readonly pod: Pod;
  }> {
    const pod = await admitted();
    const ends = await runPod({ client, runtime, images }, pod);
    const [init, app] = [ends.get("init-container"), ends.get("app")];
    if (init === undefined || app === undefined) throw new Error("They did not run");
    return { init, app, pod };
  }

  it("is admitted unmodified, and nothing is written while a value is missing", async () => {
    await put("/db.password", "fakepassword");
    await put("/signingKey.v1_public", "publickeydummyvalue");
    const { init, app } = await run();
    expect(init.code).toBe(1);
    expect(init.stderr).toContain("secret://aws-ssm//signingKey.v1_private");
    expect(init.stderr + init.stdout).not.toContain("fakepassword");
    expect(app.stdout).toBe("[]\n");
  }, 120_000);

  it("gives the lines that kees gives, from memory, and keeps what the manifest says", async () => {
    await put("/signingKey.v1_private", "privatekeydummyvalue");
    const { init, app, pod } = await run();
    expect({ code: init.code, stdout: init.stdout }).toEqual({ code: 0, stdout: "" });
    expect(app).toMatchObject({ code: 0, stdout: LINES });
    expect(pod.spec.initContainers?.[0]).toMatchObject({
      name: "init-container",
      args: ["write", "--dialect", "kees"],
    });
    expect(pod.spec.volumes?.find(({ name }) => name === "secret-volume")).toMatchObject({
      emptyDir: { medium: "Memory" },
    });
  }, 120_000);
});
