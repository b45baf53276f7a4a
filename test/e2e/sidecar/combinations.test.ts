import type { Pod } from "@sluice/core/pod";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { runPod } from "../peers/mini-kubelet.js";
import { runTogether, stop } from "../peers/run-together.js";
import { AgentWorld, podOf } from "./agent-world.js";
import { CREDS } from "./set-up-vault.js";

const USER = `secret://vault/${CREDS}#username`;
const TEMPLATE = `{{ with secret "${CREDS}" }}{{ .Data.username }}{{ end }}`;

/** A file of vault-k8s, made of the same issued user. */
const HASHICORP = {
  "vault.hashicorp.com/agent-inject": "true",
  "vault.hashicorp.com/role": "app",
  "vault.hashicorp.com/agent-inject-template-user": TEMPLATE,
  "vault.hashicorp.com/agent-revoke-on-shutdown": "true",
};

/** Prints the user of the variable and of the file, and then stays until it is told to end. */
const BOTH = 'printf "%s %s\\n" "$USER_NAME" "$(cat /vault/secrets/user)"; echo ready; exec sleep 600';

await describeOnKubernetes("one pod, several ways of delivery, decided by its annotations", (cluster) => {
  let world: AgentWorld;
  let before: { readonly made: number; readonly removed: number; readonly leases: number };

  beforeAll(async () => {
    world = await AgentWorld.open(cluster);
  }, 300_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  async function begin(): Promise<void> {
    before = { ...world.users(), leases: await world.leases() };
  }
  /** What was issued and given back since, and what is left. */
  const since = async () => ({
    made: world.users().made - before.made,
    removed: world.users().removed - before.removed,
    leases: (await world.leases()) - before.leases,
  });
  const wordsOf = (stdout = ""): string[] => (stdout.split("\n")[0] ?? "").split(" ");

  it("exec + sidecar: the variable and the file are of one lease, which the sidecar keeps and gives back", async () => {
    await begin();
    const annotations = { ...HASHICORP, "sluice.dev/source": "sidecar" };
    const pod = await world.admitted(podOf({ USER_NAME: USER }, BOTH, annotations));
    await using running = await runTogether(world.node, pod);
    const web = running.running.get("web");
    await web?.printed("ready");
    expect(await since()).toEqual({ made: 1, removed: 0, leases: 1 });
    // A probe of the container asks again, and is answered with the same.
    const probe = await running.start("web", [
      "/sluice/sluice-launch",
      "exec",
      "--",
      "/bin/sh",
      "-c",
      'test "$USER_NAME" = "$(cat /vault/secrets/user)" && stat -c "%a %u" /var/run/secrets/sluice-source/launch',
    ]);
    expect(await probe.ended).toMatchObject({ code: 0, stderr: "", stdout: "600 1000\n" });
    expect(await since()).toEqual({ made: 1, removed: 0, leases: 1 });
    process.kill((await web?.pid()) ?? 0, "SIGKILL");
    const ends = await running.ended;
    const [variable, file] = wordsOf(ends.get("web")?.stdout);
    expect(variable).toMatch(/^kubernetes-/);
    expect(variable).toBe(file);
    expect(ends.get("sluice-agent")).toMatchObject({ code: 0 });
    expect(await since()).toEqual({ made: 1, removed: 1, leases: 0 });
  }, 120_000);

  it("exec + sidecar: a container is answered at its own socket alone, and for its own plan", async () => {
    await begin();
    await world.vault.api("POST", "secret/data/key", { data: { a: "the key" } });
    const annotations = { "sluice.dev/source": "sidecar", "sluice.dev/role": "app" };
    const pod = podOf({ USER_NAME: USER }, 'echo "$USER_NAME"; exec sleep 600', annotations);
    const look = "ls -AR /var/run/secrets /run 2>/dev/null; echo looked";
    const admitted = await world.admitted({
      ...pod,
      spec: {
        ...pod.spec,
        containers: [
          ...pod.spec.containers,
          {
            name: "second",
            image: "app",
            command: ["/bin/sh", "-c", 'echo "$KEY"; stat -c "%a %u" /var/run/secrets/sluice-source/launch'],
            env: [{ name: "KEY", value: "secret://vault/secret/key#a" }],
            securityContext: { runAsUser: 2000 },
          },
          { name: "spy", image: "app", command: ["/bin/sh", "-c", look] },
        ],
      },
    });
    await using running = await runTogether(world.node, admitted);
    await running.running.get("web")?.logged("kubernetes-");
    expect(await since()).toEqual({ made: 1, removed: 0, leases: 1 });
    // A program in the other container knows the first one's plan, and asks for it where it can.
    const plan = planOf(admitted, "web");
    expect(plan).toContain(CREDS);
    const theft = await running.start("second", [
      "/bin/sh",
      "-c",
      `SLUICE_PLAN='${plan}' exec /sluice/sluice-launch exec -- /usr/bin/env`,
    ]);
    expect(await theft.ended).toMatchObject({
      code: 77,
      stdout: "",
      stderr: expect.stringContaining("another one was asked for"),
    });
    process.kill((await running.running.get("web")?.pid()) ?? 0, "SIGKILL");
    const ends = await running.ended;
    expect(ends.get("second")).toMatchObject({ code: 0, stdout: "the key\n666 1000\n" });
    expect(ends.get("spy")?.stdout).toMatch(/looked\n$/);
    expect(ends.get("spy")?.stdout).not.toMatch(/launch|ready|session/);
    expect(await since()).toEqual({ made: 1, removed: 1, leases: 0 });
  }, 120_000);

  it("exec + sidecar: without a file, user and password are of one lease, over probes and restarts", async () => {
    await begin();
    const annotations = { "sluice.dev/source": "sidecar", "sluice.dev/role": "app" };
    const variables = { USER_NAME: USER, PASSWORD: `secret://vault/${CREDS}#password` };
    const pod = await world.admitted(
      podOf(variables, 'echo "$USER_NAME $PASSWORD"; exec sleep 600', annotations),
    );
    await using running = await runTogether(world.node, pod);
    await running.running.get("web")?.logged("kubernetes-");
    const show = ["/sluice/sluice-launch", "exec", "--", "/bin/sh", "-c", 'echo "$USER_NAME $PASSWORD"'];
    const probes = [await running.start("web", show), await running.start("web", show)];
    const shown = await Promise.all(probes.map(async ({ ended }) => (await ended).stdout));
    process.kill((await running.running.get("web")?.pid()) ?? 0, "SIGKILL");
    const ends = await running.ended;
    expect(new Set([...shown, ends.get("web")?.stdout])).toEqual(new Set([shown[0]]));
    expect(shown[0]).toMatch(/^kubernetes-\S+ \S+\n$/);
    expect(await since()).toEqual({ made: 1, removed: 1, leases: 0 });
  }, 120_000);

  it("exec + init: what the init container has written is the variable and the file, of one lease", async () => {
    await begin();
    const annotations = {
      "sluice.dev/source": "file",
      "sluice.dev/file.user": TEMPLATE,
      "sluice.dev/file-format.user": "go-template",
      "sluice.dev/file-store.user": "vault",
      "sluice.dev/file-path.user": "/vault/secrets/user",
    };
    const script = 'printf "%s %s\\n" "$USER_NAME" "$(cat /vault/secrets/user)"';
    const ends = await runPod(
      world.node,
      await world.admitted(podOf({ USER_NAME: USER }, script, annotations)),
    );
    expect(ends.get("web")).toMatchObject({ code: 0, stderr: "" });
    const [variable, file] = wordsOf(ends.get("web")?.stdout);
    expect(variable).toMatch(/^token-/);
    expect(variable).toBe(file);
    expect(await since()).toMatchObject({ made: 1, leases: 1 });
  }, 120_000);

  it("exec + init: the broker gives the variable, and an agent that does not stay writes the file", async () => {
    await begin();
    await world.vault.api("POST", "secret/data/key", { data: { a: "the key" } });
    const annotations = { ...HASHICORP, "vault.hashicorp.com/agent-pre-populate-only": "true" };
    const script = 'printf "%s %s\\n" "$KEY" "$(cat /vault/secrets/user)"';
    const pod = podOf({ KEY: "${secret://vault/secret/key#a}!" }, script, annotations);
    const ends = await runPod(world.node, await world.admitted(pod));
    expect(ends.get("web")).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^the key! kubernetes-/),
    });
    expect(await since()).toEqual({ made: 1, removed: 0, leases: 1 });
  }, 120_000);
});

function planOf(pod: Pod, container: string): string {
  const { env = [] } = pod.spec.containers.find(({ name }) => name === container) ?? {};
  return env.find(({ name }) => name === "SLUICE_PLAN")?.value ?? "";
}

await describeOnKubernetes("init + sidecar, as on clusters without native sidecars", (cluster) => {
  let world: AgentWorld;
  beforeAll(async () => {
    world = await AgentWorld.open(cluster, { nativeSidecars: false });
  }, 300_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const VSI = {
    "sidecar.vault.talend.org/inject": "true",
    "sidecar.vault.talend.org/role": "app",
    "sidecar.vault.talend.org/secrets-template": TEMPLATE,
    "sidecar.vault.talend.org/secrets-destination": "user",
  };

  it("init + sidecar: the sidecar goes on with the lease of the init container", async () => {
    const pod = await world.admitted(
      podOf({}, "cat /vault/secrets/user; echo; echo ready; exec sleep 600", HASHICORP),
    );
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(["sluice-agent-init"]);
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(["web", "sluice-agent"]);
    await using running = await runTogether(world.node, pod);
    await running.running.get("web")?.printed("ready");
    await running.running.get("sluice-agent")?.logged("every file is written");
    expect({ made: world.users().made, leases: await world.leases() }).toEqual({ made: 1, leases: 1 });
    for (const container of Array.from(running.running.values())) await stop(container);
    const ends = await running.ended;
    expect(ends.get("sluice-agent")).toMatchObject({ code: 0 });
    expect(world.users()).toEqual({ made: 1, removed: 1 });
    expect(await world.leases()).toBe(0);
  }, 120_000);

  it.each([
    ["vault-k8s", HASHICORP, "/vault/secrets"],
    [
      "Vault Sidecar Injector, with its mode job",
      { ...VSI, "sidecar.vault.talend.org/mode": "job" },
      "/opt/talend/secrets",
    ],
  ])(
    "a job's pod of %s ends with its app, and its sidecar by itself",
    async (_, annotations, folder) => {
      const before = { ...world.users() };
      const script = `cat ${folder}/user; exit 3`;
      const pod = await world.admitted(podOf({}, script, annotations, { restartPolicy: "Never" }));
      await using running = await runTogether(world.node, pod);
      const ends = await running.ended;
      expect(ends.get("web")).toMatchObject({ code: 3, stdout: expect.stringMatching(/^kubernetes-/) });
      expect(ends.get("sluice-agent")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("every other container has ended"),
      });
      const { made, removed } = world.users();
      expect({ made: made - before.made, removed: removed - before.removed }).toEqual({
        made: 1,
        removed: 1,
      });
    },
    120_000,
  );

  it("exec + sidecar: the launcher waits for the container beside it, and a job ends with its app", async () => {
    const before = { ...world.users() };
    const annotations = { "sluice.dev/source": "sidecar", "sluice.dev/role": "app" };
    const pod = await world.admitted(
      podOf({ USER_NAME: USER }, 'echo "$USER_NAME"', annotations, { restartPolicy: "Never" }),
    );
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(["web", "sluice-agent"]);
    await using running = await runTogether(world.node, pod);
    const ends = await running.ended;
    expect(ends.get("web")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kubernetes-/) });
    expect(ends.get("sluice-agent")).toMatchObject({ code: 0 });
    await waitUntil("its lease is given back", async () => (await world.leases()) === 0);
    expect(world.users().made - before.made).toBe(1);
  }, 120_000);
});
