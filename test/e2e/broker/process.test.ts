import { once } from "node:events";
import { text as readText } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askSource, parseSourceAddress } from "@sluice/protocol";
import { freePort } from "../../servers/shared/free-port.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { startSluice } from "../../support/sluice.js";
import { BrokerWorld, SERVER_NAME } from "./broker-world.js";
import { containerToken, createPod, requestOf } from "./test-pods.js";

await describeOnKubernetes("sluice broker", (cluster) => {
  let world: BrokerWorld;
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    await world.write("secrets.env", `a=${world.secret("process")}\n`);
    const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
    await world.writeStores({ prod: { provider: "file", options: { path: "secrets.env" }, access } });
  });
  afterAll(async () => world.close());

  it("serves, says so to probes, and ends with 0 when told to", async () => {
    const [port, management] = [await freePort(), await freePort()];
    const args = ["broker", "--listen", `127.0.0.1:${port}`, "--management", `127.0.0.1:${management}`];
    const files = ["--tls-cert", "tls.crt", "--tls-key", "tls.key", "--stores", "stores.yaml"];
    const env = { KUBECONFIG: world.brokerConfig };
    const child = startSluice([...args, ...files], { cwd: world.folder, env });
    const ended = once(child, "exit");
    if (child.stdout === null || child.stderr === null) throw new Error("It has no output");
    const said = Promise.all([readText(child.stdout), readText(child.stderr)]);
    try {
      const probe = async (path: string): Promise<number> =>
        fetch(`http://127.0.0.1:${management}${path}`).then(
          ({ status }) => status,
          () => 0,
        );
      await waitUntil("it is ready", async () => (await probe("/readyz")) === 200);
      expect([await probe("/healthz"), await probe("/metrics"), await probe("/")]).toEqual([200, 200, 404]);

      const namespace = await world.newNamespace();
      const containers = { web: { A: "secret://prod/a" } };
      const pod = await createPod(world.admin, { namespace, name: "web-1", containers });
      const token = await containerToken(world.admin, pod, "web");
      world.toxic.add(token);
      const answer = await askSource({
        address: parseSourceAddress(`https://127.0.0.1:${port}`),
        trust: { serverName: SERVER_NAME, roots: world.authority.ca },
        token,
        request: requestOf(pod, "web"),
      });
      expect(answer.env).toEqual({ A: world.secret("process") });
    } finally {
      child.kill("SIGTERM");
    }
    expect(await ended).toEqual([0, null]);
    const [stdout, stderr] = await said;
    expect(stderr).toBe("");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toEqual(["serving", "released", "stopping", "stopped"]);
    expect(lines[1]).toMatchObject({ audit: true, event: "released", workload: { pod: "web-1" } });
    world.told.push(stdout);
    expect(world.leaks()).toEqual([]);
  });

  it.each([
    [["--tls-cert", "missing.crt"], /SLU1103: .*missing\.crt cannot be read \(ENOENT\)/],
    [["--stores", "missing.yaml"], /SLU1101: The stores file .*missing\.yaml/],
    [["--kubeconfig", "missing", "--listen", "256.0.0.1:0"], /SLU1103: Nobody can listen at 256\.0\.0\.1:0/],
  ])("ends with 78 and the reason for %j", async (wrong, reason) => {
    const files = ["--tls-cert", "tls.crt", "--tls-key", "tls.key", "--stores", "stores.yaml"];
    const any = ["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
    const child = startSluice(["broker", ...any, ...files, ...wrong], { cwd: world.folder });
    const said = readText(child.stderr as NonNullable<typeof child.stderr>);
    expect((await once(child, "exit"))[0]).toBe(78);
    expect(await said).toMatch(reason);
  });
});
