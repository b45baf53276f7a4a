import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { connect as connectPlain, type Socket } from "node:net";
import { defineProvider, SecretValue } from "@sluice/core";
import { ENVIRONMENT_PATH, READY_PATH } from "@sluice/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { BrokerWorld, SERVER_NAME, type StartedBroker, type StartOptions } from "./broker-world.js";
import { createPod, tokenOf } from "./test-pods.js";

const access = [{ namespaces: ["*"], serviceAccounts: ["*"], paths: ["**"] }];
const stores = { prod: { provider: "file", options: { path: "secrets.env" }, access } };
const SECRET = "VALUE-7d21aa";

await describeOnKubernetes("a broker under a flood", (cluster) => {
  let world: BrokerWorld;
  const started: StartedBroker[] = [];
  beforeAll(async () => {
    world = await BrokerWorld.open(cluster);
    world.toxic.add(SECRET);
    await world.write("secrets.env", `a=${SECRET}\n`);
  });
  afterAll(async () => {
    for (const broker of started) await broker.stop();
    await world.close();
  });

  async function start(options: StartOptions = {}): Promise<StartedBroker> {
    const broker = await world.start({ stores, ...options });
    started.push(broker);
    return broker;
  }

  async function open({ running: { address } }: StartedBroker): Promise<TLSSocket> {
    const [host = "", port] = address.split(":");
    const socket = connect({ host, port: Number(port), ca: world.authority.ca, servername: SERVER_NAME });
    socket.setEncoding("utf8").on("error", () => undefined);
    await once(socket, "secureConnect");
    return socket;
  }

  /** Sends bytes as they are, and gives everything that comes until the other side ends. */
  async function say(broker: StartedBroker, bytes: string): Promise<string> {
    const socket = await open(broker);
    let heard = "";
    socket.on("data", (text: string) => (heard += text));
    socket.write(bytes);
    await once(socket, "close");
    return heard;
  }

  const head = (headers: string): string =>
    `POST ${ENVIRONMENT_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`;

  it("answers an oversized body with 413, also one whose size it was not told, and writes it down", async () => {
    const broker = await start();
    const told = await say(broker, head("content-length: 300000"));
    expect(told).toContain("HTTP/1.1 413 ");
    expect(told).toContain('"reason":"oversized-body"');
    // More than is read, and never an end of it.
    const heard = await say(broker, `${head("transfer-encoding: chunked")}50000\r\n${"x".repeat(0x50000)}`);
    expect(heard).toContain("HTTP/1.1 413 ");
    const lines = world.audit().filter(({ reason }) => reason === "oversized-body");
    expect(lines).toEqual([
      expect.objectContaining({ event: "refused", status: 413, remoteAddress: "127.0.0.1" }),
      expect.objectContaining({ event: "refused", status: 413, remoteAddress: "127.0.0.1" }),
    ]);
  });

  it("answers a slow body with 400 after 5 seconds, and writes it down", async () => {
    const broker = await start();
    const begun = Date.now();
    const heard = await say(broker, `${head("content-length: 100")}{`);
    expect(heard).toContain("HTTP/1.1 400 ");
    expect(heard).toContain('"reason":"slow-body"');
    expect(Date.now() - begun).toBeGreaterThan(4_500);
    expect(world.audit().at(-1)).toMatchObject({ event: "refused", status: 400, reason: "slow-body" });
  });

  it("writes down a head that is slow, too large or none, and a handshake that is none", async () => {
    const broker = await start();
    expect(await say(broker, "POST / HTTP/1.1\r\nhost:")).toContain("HTTP/1.1 408 ");
    expect(await say(broker, `GET / HTTP/1.1\r\nx: ${"y".repeat(30_000)}\r\n\r\n`)).toContain(
      "HTTP/1.1 431 ",
    );
    expect(await say(broker, "CANARY-9f31\r\n\r\n")).toContain("HTTP/1.1 400 ");
    const [host = "", port] = broker.running.address.split(":");
    const plain = connectPlain(Number(port), host).on("error", () => undefined);
    plain.write("GET / HTTP/1.1\r\n\r\n");
    await once(plain, "close");
    for (const reason of ["slow-head", "oversized-head", "malformed-http", "broken-tls"])
      await waitUntil(`${reason} is written down`, async () =>
        world.audit().some((line) => line["event"] === "connections-refused" && line["reason"] === reason),
      );
  });

  it("closes connections beyond its most, answers those it has, and writes both counts down", async () => {
    const broker = await start({ limits: { mostConnections: 5 } });
    const kept = await Promise.all(Array.from({ length: 5 }, async () => open(broker)));
    const [host = "", port] = broker.running.address.split(":");
    const flood = Array.from({ length: 40 }, async () => {
      const socket: Socket = connectPlain(Number(port), host).on("error", () => undefined);
      await once(socket, "close");
    });
    await Promise.all(flood);
    const first = kept[0] as TLSSocket;
    let heard = "";
    first.on("data", (text: string) => (heard += text));
    first.write(`GET ${READY_PATH} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await waitUntil("the connection it has is answered", async () => heard.includes("HTTP/1.1 200 "));
    const ofFlood = () =>
      world
        .audit()
        .filter(
          (line) => line["event"] === "connections-refused" && line["reason"] === "too-many-connections",
        );
    await waitUntil("all are written down", async () => sum(ofFlood()) === 40, { timeoutMs: 20_000 });
    // One at once, the others together.
    expect(ofFlood().length).toBeLessThanOrEqual(3);
    expect(await world.metrics(broker.running)).toContain(
      'sluice_broker_connections_refused_total{reason="too-many-connections"} 40',
    );
    for (const socket of kept) socket.destroy();
  });

  it("ends a connection that is old with its next answer", async () => {
    const young = await open(await start());
    const old = await open(await start({ limits: { connectionMs: -1 } }));
    for (const [socket, last] of [
      [young, false],
      [old, true],
    ] as const) {
      let heard = "";
      socket.on("data", (text: string) => (heard += text));
      socket.write(`GET ${READY_PATH} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await waitUntil("it is answered", async () => heard.includes("HTTP/1.1 200 "));
      expect(heard.toLowerCase().includes("connection: close")).toBe(last);
    }
    await waitUntil("the old one is closed", async () => old.destroyed);
    young.destroy();
  });

  it("lets no namespace ask more than its rate, with the time to wait, and does not hold it against another", async () => {
    const broker = await start({ rate: { perSecond: 0.1, burst: 2 } });
    const [one, other] = [await newPod(), await newPod()];
    await world.ask(broker, one, "web");
    await world.ask(broker, one, "web");
    const problem = await world.refused(broker, one, "web");
    expect([problem.status, problem.detail.reason]).toEqual([429, "too-many-requests"]);
    expect(problem.detail.retryAfterSeconds).toBeGreaterThan(5);
    expect(problem.detail.retryAfterSeconds).toBeLessThan(11);
    expect(world.audit().at(-1)).toMatchObject({ status: 429, reason: "too-many-requests" });
    expect((await world.ask(broker, other, "web")).env).toEqual({ A: SECRET });
  });

  it("7.10 lets a flood of bad tokens have few reviewed, says how long to wait, and goes on with good ones", async () => {
    const broker = await start({ badTokens: { perSecond: 0.01, burst: 5 } });
    const pod = await newPod();
    const reviews = async (): Promise<number> =>
      Array.from(
        (await world.metrics(broker.running)).matchAll(
          /sluice_broker_cluster_calls_total\{what="token-review".*\} (\d+)/g,
        ),
      ).reduce((sum, [, count]) => sum + Number(count), 0);
    // Of another container: the API server knows them, and refuses them for this one.
    const token = await tokenOf(world.admin, pod, "sluice/other");
    const reasons: string[] = [];
    for (let count = 0; count < 30; count += 1)
      reasons.push((await world.refused(broker, pod, "web", { token })).detail.reason);
    expect(reasons).toEqual([
      ...Array.from({ length: 5 }, () => "token-refused"),
      ...Array.from({ length: 25 }, () => "too-many-bad-tokens"),
    ]);
    expect(await reviews()).toBe(5);
    const problem = await world.refused(broker, pod, "web");
    expect([problem.status, problem.detail.retryAfterSeconds]).toEqual([429, expect.any(Number)]);
    expect(problem.detail.retryAfterSeconds).toBeGreaterThan(50);
    expect(world.audit().at(-1)).toMatchObject({
      event: "refused",
      status: 429,
      reason: "too-many-bad-tokens",
    });
    // Good ones cost nothing, from an address that shows no bad ones.
    const other = await start({ badTokens: { perSecond: 0.01, burst: 1 } });
    for (let count = 0; count < 5; count += 1)
      expect((await world.ask(other, pod, "web")).env).toEqual({ A: SECRET });
  });

  it("serves a new certificate to the next connection", async () => {
    const broker = await start();
    const serial = async (): Promise<string> => {
      const socket = await open(broker);
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const before = await serial();
    await world.writeCertificate();
    await expect.poll(serial, { timeout: 10_000, interval: 200 }).not.toBe(before);
    await world.write("tls.crt", "CANARY-9f31");
    await waitUntil("the bad file is told of", async () =>
      world.told.some((text) => text.includes("the certificate files cannot be used")),
    );
    expect(await serial()).toMatch(/^[0-9A-F]+$/);
    await world.writeCertificate();
  });

  it("gives what is under way when it is stopped, and takes nothing new", async () => {
    const gate = Promise.withResolvers<void>();
    const value = SecretValue.fromText(SECRET);
    const slow = defineProvider<object>({
      id: "slow",
      optionsSchema: { type: "object", additionalProperties: false },
      capabilities: { batchSize: 1, fields: "extracted", versions: { exact: false, label: false } },
      create: () => ({
        resolve: async (requests) => {
          await gate.promise;
          return requests.map(({ id }) => ({ id, status: "found", value }));
        },
      }),
    });
    const broker = await world.start({ providers: [slow], stores: { prod: { provider: "slow", access } } });
    const pod = await newPod();
    const [idle, kept] = [await open(broker), await open(broker)];
    let heard = "";
    kept.on("data", (text: string) => (heard += text));
    kept.write(`GET ${READY_PATH} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await waitUntil("it is ready", async () => heard.includes("HTTP/1.1 200 "));
    const asked = Array.from({ length: 4 }, async () => world.ask(broker, pod, "web"));
    await waitUntil("they are being answered", async () => broker.broker.state.inFlight() === 4);
    const stopped = broker.stop();
    await waitUntil("it takes nothing new", async () =>
      open(broker)
        .then(
          (socket) => void socket.destroy(),
          () => true,
        )
        .then((refused) => refused === true),
    );
    await waitUntil("those who ask nothing are sent away", async () => idle.destroyed && kept.destroyed);
    gate.resolve();
    for (const answer of await Promise.all(asked)) expect(answer.env).toEqual({ A: SECRET });
    await stopped;
  });

  it("nothing that it wrote or told holds a value or a token", async () => {
    for (const { running } of started) await world.metrics(running);
    expect(world.leaks()).toEqual([]);
  });

  let pods = 0;
  async function newPod() {
    pods += 1;
    const namespace = await world.newNamespace();
    const containers = { web: { A: "secret://prod/a" } };
    return createPod(world.admin, { namespace, name: `web-${pods}`, containers });
  }
});

function sum(lines: readonly Readonly<Record<string, unknown>>[]): number {
  return lines.reduce((total, { connections }) => total + Number(connections), 0);
}
