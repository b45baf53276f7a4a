import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pod } from "@sluice/core/pod";
import { KubernetesClient } from "@sluice/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { containerImages } from "../../servers/containers/container-images.js";
import { unpackedSluiceImage } from "../../servers/containers/sluice-image.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { type RunningVault, startVault } from "../../servers/vault.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker } from "../broker/broker-world.js";
import { type Node, preparePod, runPod } from "../peers/mini-kubelet.js";
import { ask, must, newNamespace, register, startWebhook, type StartedWebhook } from "../webhook/support.js";

const LAUNCHER = "example.test/sluice-launcher:1";
const SLUICE = "example.test/sluice:1";
const LABELS = { webhook: "sluice" };
const PASSWORD = "SECRET-2d90 $(X) 'quoted'";

await describeOnKubernetes("pods that ask for files", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  let world: BrokerWorld;
  let vault: RunningVault;
  let broker: StartedBroker;
  let webhook: StartedWebhook;
  let node: Node;
  let work: string;
  let namespace: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "sluice-files-"));
    await chmod(work, 0o755);
    world = await BrokerWorld.open(cluster);
    const started = await startVault();
    if (started.kind !== "running") throw new Error(started.reason);
    vault = started;
    await writeSecret("app/db", { user: "app", password: PASSWORD });
    await writeSecret("app/bytes", { blob: Buffer.from([0, 255, 10]).toString("base64") });
    await startBroker();
    node = { client, runtime: await containerImages(), images: await nodeImages() };
    webhook = await startWebhook(client, {
      settings: {
        source: {
          address: `https://${broker.running.address}`,
          serverName: SERVER_NAME,
          roots: world.authority.ca,
        },
        launcher: { image: LAUNCHER, delivery: "copy" },
        writer: { image: SLUICE },
      },
    });
    const at = `https://${webhook.address}`;
    await register(cluster, "Mutating", "mutate", `${at}/mutate`, webhook.caBundle);
    await register(cluster, "Validating", "validate", `${at}/validate`, webhook.caBundle);
    namespace = await newNamespace(cluster, LABELS);
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify(await created({ "sluice.dev/file.x": "secret://vault/secret/app/db" })).includes(
        "SLUICE_FILES",
      ),
    );
  }, 300_000);
  afterAll(async () => {
    await webhook?.stop();
    await broker?.stop();
    await vault?.stop();
    await world?.close();
    await rm(work, { recursive: true, force: true });
    client[Symbol.dispose]();
  });

  async function writeSecret(path: string, data: Readonly<Record<string, string>>): Promise<void> {
    const answer = await fetch(`${vault.address}/v1/secret/data/${path}`, {
      method: "POST",
      headers: { "x-vault-token": vault.token },
      body: JSON.stringify({ data }),
    });
    expect(answer.status).toBe(200);
  }

  /** Pods of the account `default` may read what is below `secret/app`, and as templates write it. */
  async function startBroker(port = 0): Promise<void> {
    const access = [
      { namespaces: ["*"], serviceAccounts: ["default"], paths: ["secret/app/**", "secret/data/app/**"] },
    ];
    const options = { address: vault.address, auth: { token: {} } };
    broker = await world.start({
      stores: { vault: { provider: "vault", options, access } },
      environment: { VAULT_TOKEN: vault.token },
      port,
    });
  }

  /** What the node has: the image of sluice as the project writes it, one of the launcher, and Debian. */
  async function nodeImages(): Promise<Node["images"]> {
    const root = join(work, "launcher-image");
    for (const folder of ["proc", "dev", "sluice"]) await mkdir(join(root, folder), { recursive: true });
    const program = await launcherProgram();
    if (program === undefined) throw new Error("The launcher needs Go to be built");
    await copyFile(program, join(root, "sluice-launch"));
    await chmod(join(root, "sluice-launch"), 0o555);
    const { debian } = (await containerImages()).roots;
    return {
      [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] },
      [SLUICE]: await unpackedSluiceImage(work),
      app: { root: debian },
    };
  }

  async function created(
    annotations: Readonly<Record<string, string>>,
    script = "true",
    more: Readonly<Record<string, unknown>> = {},
    env: readonly { readonly name: string; readonly value: string }[] = [],
    probes: Readonly<Record<string, object>> = {},
  ): Promise<Pod> {
    const pod = {
      metadata: { generateName: "files-", annotations },
      spec: {
        containers: [{ name: "web", image: "app", command: ["/bin/sh", "-c", script], env, ...probes }],
        securityContext: { runAsUser: 1000 },
        ...more,
      },
    };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    return (await must(ask(cluster, "POST", path, pod))) as unknown as Pod;
  }

  it("find them, in every format, as their user's own", async () => {
    const ends = await runPod(
      node,
      await created(
        {
          "sluice.dev/file.db.properties":
            "url=jdbc:postgresql://db/app?user=${secret://vault/secret/app/db#user}\nsecret://vault/secret/app/db",
          "sluice.dev/file-format.db.properties": "java-properties",
          "sluice.dev/file-path.db.properties": "/etc/app/db.properties",
          "sluice.dev/file.greeting":
            '{{ with secret "secret/data/app/db" }}{{ .Data.data.user | toUpper }}{{ end }}',
          "sluice.dev/file-format.greeting": "go-template",
          "sluice.dev/file-store.greeting": "vault",
          "sluice.dev/file.all": "secret://vault/secret/app/db",
          "sluice.dev/file-format.all": "directory",
          "sluice.dev/file.bytes": "secret://vault/secret/app/bytes?decode=base64#blob",
          "sluice.dev/file-mode.bytes": "0440",
        },
        "cat /etc/app/db.properties; cat /secrets/greeting; echo; cat /secrets/all/password; echo; od -An -tx1 /secrets/bytes;" +
          " stat -Lc '%a %u' /etc/app/db.properties /secrets/bytes; touch /secrets/x 2>&1 | tail -c 22",
      ),
    );
    expect(ends.get("sluice-write-web")).toMatchObject({ code: 0, stdout: "" });
    const { code, stdout } = ends.get("web") ?? { code: -1, stdout: "" };
    expect(stdout.split("\n")).toEqual([
      `password=${PASSWORD}`,
      "user=app",
      String.raw`url=jdbc\:postgresql\://db/app?user\=app`,
      "APP",
      PASSWORD,
      " 00 ff 0a",
      "400 1000",
      "440 1000",
      "Read-only file system",
      "",
    ]);
    expect(code).toBe(0);
  });

  it("give them to the init container that they name, which runs after they are written", async () => {
    const asked = {
      "sluice.dev/file.password": "secret://vault/secret/app/db#password",
      "sluice.dev/file-containers.password": "migrate",
    };
    const migrate = { name: "migrate", image: "app", command: ["/bin/sh", "-c", "cat /secrets/password"] };
    const pod = await created(asked, "cat /secrets/password", { initContainers: [migrate] });
    const ends = await runPod(node, pod);
    expect(ends.get("migrate")).toMatchObject({ code: 0, stdout: PASSWORD });
    // It is for that one alone.
    expect(ends.get("web")).toMatchObject({ code: 1, stdout: "" });
  });

  it("read them through the pod's fsGroup, where no user is stated", async () => {
    const asked = { "sluice.dev/file.password": "secret://vault/secret/app/db#password" };
    const script = "cat /secrets/password; stat -Lc ' %a %u %g' /secrets/password";
    const pod = await created(asked, script, { securityContext: { fsGroup: 3000 } });
    expect((await runPod(node, pod)).get("web")).toMatchObject({
      code: 0,
      stdout: `${PASSWORD} 440 65532 3000\n`,
    });
  });

  it("read them as root through its group, without a capability, for who writes is not root", async () => {
    const asked = { "sluice.dev/file.password": "secret://vault/secret/app/db#password" };
    const script = "cat /secrets/password; stat -Lc ' %a %u %g' /secrets/password";
    const pod = await created(asked, script, { securityContext: { runAsUser: 0 } });
    expect((await runPod(node, pod)).get("web")).toMatchObject({
      code: 0,
      stdout: `${PASSWORD} 440 65532 0\n`,
    });
  });

  it.each([
    ["a secret that is missing", "secret://vault/secret/app/gone#x", "default", 66, "gone"],
    ["a path that its account may not read", "secret://vault/secret/other#x", "default", 77, "secret/other"],
  ])("are not started without one: %s", async (_, reference, serviceAccountName, code, why) => {
    const asked = {
      "sluice.dev/file.a": reference,
      "sluice.dev/file.b": "secret://vault/secret/app/db#user",
    };
    const pod = await created(asked, "ls -A /secrets", { serviceAccountName });
    await using prepared = await preparePod(node, pod);
    const writer = await (await prepared.start("sluice-write-web")).ended;
    expect(writer).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(why) });
    expect(writer.stderr).not.toContain(PASSWORD);
    expect(await (await prepared.start("web")).ended).toMatchObject({ code: 0, stdout: "" });
  });

  it("take their variables from a file, and restart from it while the broker is away", async () => {
    const pod = await created(
      { "sluice.dev/source": "file" },
      'echo "$USER_NAME:$PASSWORD"; echo "${SLUICE_SOURCE-none}"; exec sleep 600',
      {},
      [
        { name: "USER_NAME", value: "user ${secret://vault/secret/app/db#user}" },
        { name: "PASSWORD", value: "secret://vault/secret/app/db#password" },
      ],
    );
    await using prepared = await preparePod(node, pod);
    for (const { name } of pod.spec.initContainers ?? [])
      expect(await (await prepared.start(name)).ended).toMatchObject({ code: 0 });
    const port = Number(broker.running.address.split(":").at(-1));
    await broker.stop();
    try {
      for (let restart = 0; restart < 3; restart += 1) {
        const web = await prepared.start("web");
        await web.printed("none");
        process.kill(await web.pid(), "SIGKILL");
        expect(await web.ended).toMatchObject({
          code: 137,
          stdout: `user app:${PASSWORD}\nnone\n`,
          stderr: "",
        });
      }
    } finally {
      await startBroker(port);
    }
  });

  it("give what is in the file to commands of probes and hooks as well, as often as they run", async () => {
    const exec = { command: ["/bin/sh", "-c", 'printf %s "$PASSWORD"'] };
    const pod = await created(
      { "sluice.dev/source": "file" },
      "true",
      {},
      [{ name: "PASSWORD", value: "secret://vault/secret/app/db#password" }],
      { readinessProbe: { exec }, lifecycle: { preStop: { exec } } },
    );
    const [web] = pod.spec.containers as unknown as readonly {
      readonly readinessProbe: { readonly exec: { readonly command: readonly string[] } };
      readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    }[];
    await using prepared = await preparePod(node, pod);
    for (const { name } of pod.spec.initContainers ?? [])
      expect(await (await prepared.start(name)).ended).toMatchObject({ code: 0 });
    const { readinessProbe, lifecycle } = web ?? {};
    for (const handler of [readinessProbe, readinessProbe, lifecycle?.preStop]) {
      const command = await prepared.start("web", handler?.exec.command);
      expect(await command.ended).toEqual({ code: 0, stdout: PASSWORD, stderr: "" });
    }
  });

  it("wait for a broker that is away", async () => {
    const pod = await created(
      { "sluice.dev/file.user": "secret://vault/secret/app/db#user" },
      "cat /secrets/user",
    );
    await using prepared = await preparePod(node, pod);
    const port = Number(broker.running.address.split(":").at(-1));
    await broker.stop();
    const writer = await prepared.start("sluice-write-web");
    await writer.noted("cannot be reached (ECONNREFUSED); trying again");
    await startBroker(port);
    expect(await writer.ended).toMatchObject({ code: 0 });
    expect(await (await prepared.start("web")).ended).toMatchObject({ code: 0, stdout: "app" });
  });
});
