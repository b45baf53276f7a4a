import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { KubernetesClient } from "@sluice/kubernetes";
import { createImageCommands, createRegistryClient, registryCommands } from "@sluice/webhook/images";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { ask, newNamespace, register, type Said, startWebhook, type StartedWebhook } from "./support.js";

/** What the webhook dials because a pod's author says so is the registry of an image: nothing else of a pod. */
await describeOnKubernetes("a registry that a pod's author chose", (cluster) => {
  const client = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  let webhook: StartedWebhook;
  let namespace: string;
  let registry: HttpServer;
  let inside: Server;
  let connections = 0;
  let location = "";

  beforeAll(async () => {
    // What only this machine can reach, as a metadata service is.
    inside = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    registry = createServer((_, response) => response.writeHead(307, { location }).end()).listen(
      0,
      "127.0.0.1",
    );
    await Promise.all([once(inside, "listening"), once(registry, "listening")]);
    const images = createImageCommands({ client: createRegistryClient({ insecure: [hostOf(registry)] }) });
    webhook = await startWebhook(client, { commands: registryCommands({ client, images }) });
    await register(cluster, "Mutating", "mutate", `https://${webhook.address}/mutate`, webhook.caBundle);
    namespace = await newNamespace(cluster, { webhook: "sluice" });
    await waitUntil("the API server asks the webhook", async () =>
      JSON.stringify((await create("example.test/a", ["/a"])).body).includes("SLUICE_PLAN"),
    );
  }, 120_000);
  beforeEach(() => {
    connections = 0;
  });
  afterAll(async () => {
    await webhook?.stop();
    registry?.close();
    inside?.close();
    client[Symbol.dispose]();
  });

  async function create(image: string, command?: readonly string[]): Promise<Said> {
    const env = [{ name: "A", value: "secret://prod/a" }];
    return ask(cluster, "POST", `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { generateName: "hostile-" },
      spec: { containers: [{ name: "web", image, env, ...(command && { command }) }] },
    });
  }

  it.each(["127.0.0.1:PORT", "localhost:PORT", "[::ffff:127.0.0.1]:PORT", "127.1:PORT", "2130706433:PORT"])(
    "is not asked at %s",
    async (host) => {
      const { status, body } = await create(`${host.replace("PORT", portOf(inside))}/a/b:1`);
      expect([status, body.message]).toEqual([422, expect.stringContaining("sluice.dev/command-web")]);
      expect(connections).toBe(0);
    },
  );

  it.each([
    "https://127.0.0.1:PORT/x",
    "http://127.0.0.1:PORT/x",
    "https://localhost:PORT/x",
    "//127.0.0.1:PORT/x",
    "https://[::1]:PORT/x",
    "https://[::ffff:7f00:1]:PORT/x",
    "https://0x7f.1:PORT/x",
    "http://169.254.169.254/latest/meta-data",
    "https://metadata.google.internal/x",
    "file:///etc/passwd",
  ])("is not followed to %s", async (target) => {
    location = target.replace("PORT", portOf(inside));
    const { status, body } = await create(`${hostOf(registry)}/a/b:1`);
    expect([status, body.message]).toEqual([422, expect.stringContaining("sluice.dev/command-web")]);
    expect(connections).toBe(0);
  });

  it("is asked where it may be, so that the above is no silence", async () => {
    location = `http://${hostOf(registry)}/elsewhere`;
    const asked = once(registry, "request");
    await create(`${hostOf(registry)}/c/d:1`);
    expect(await asked).toHaveLength(2);
  });
});

function portOf(server: HttpServer | Server): string {
  return String((server.address() as AddressInfo).port);
}

function hostOf(server: HttpServer): string {
  return `127.0.0.1:${portOf(server)}`;
}
