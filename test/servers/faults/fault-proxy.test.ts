import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { waitUntil } from "../shared/wait-until.js";
import { firstCalls } from "./call.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { createAuthority, type TestAuthority, type TestCertificate } from "./test-authority.js";

const BODY = "0123456789".repeat(10);
let authority: TestAuthority;
let certificate: TestCertificate;
beforeAll(async () => {
  authority = await createAuthority("test");
  certificate = await authority.issue();
});

async function open({ secure = false } = {}): Promise<FaultProxy> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-length": BODY.length }).end(BODY));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await startFaultProxy(
    { address: `http://127.0.0.1:${port}` },
    secure ? certificate : undefined,
  );
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });
  return proxy;
}

interface Read {
  readonly status: number;
  readonly body: string;
  /** Code of the error that ended it. */
  readonly error?: string;
}

/** Reads all there is; what arrived before it broke is kept. */
async function read(
  url: string,
  agent: Agent | false = false,
  onBytes?: (length: number) => void,
): Promise<Read> {
  let [status, body] = [0, ""];
  try {
    const secure = url.startsWith("https:");
    const asked = secure ? getSecure(url, { ca: authority.ca, agent: false }) : get(url, { agent });
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    status = response.statusCode ?? 0;
    for await (const bytes of response) {
      body += String(bytes);
      onBytes?.(body.length);
    }
    return { status, body };
  } catch (error) {
    return { status, body, error: String(Reflect.get(error as object, "code")) };
  }
}

for (const secure of [false, true]) {
  it(`passes calls on and counts them, TLS ${secure}`, async () => {
    const { address, http, network } = await open({ secure });
    expect(await read(`${address}/a?b=c`)).toEqual({ status: 200, body: BODY });
    expect(http.calls).toMatchObject([{ method: "GET", url: "/a?b=c", body: "", connection: 1 }]);
    await waitUntil("it is closed", () => network.connections() === 0 && http.underWay() === 0);
  });

  it(`resets a connection after so many bytes of the body, TLS ${secure}`, async () => {
    const { address, http } = await open({ secure });
    http.intercept(firstCalls({ kind: "cut", afterBytes: 7, ending: "reset" }, { kind: "reset" }));
    expect(await read(address)).toEqual({ status: 200, body: "0123456", error: "ECONNRESET" });
    expect(await read(address)).toEqual({ status: 0, body: "", error: "ECONNRESET" });
    expect(await read(address)).toMatchObject({ body: BODY });
    expect(http.calls).toHaveLength(3);
  });

  it(`falls silent in the body with the connection open, TLS ${secure}`, async () => {
    const { address, http, network } = await open({ secure });
    http.intercept(firstCalls({ kind: "cut", afterBytes: 7, ending: "silence" }));
    const arrived = Promise.withResolvers<number>();
    const ended = read(address, false, arrived.resolve);
    expect(await arrived.promise).toBe(7);
    expect([network.connections(), http.underWay()]).toEqual([1, 1]);
    await network[Symbol.asyncDispose]();
    expect(await ended).toMatchObject({ body: "0123456", error: "ECONNRESET" });
  });
}

it("answers in the server's place", async () => {
  const { address, http } = await open();
  http.intercept(firstCalls({ kind: "answer", status: 429, headers: { "retry-after": "1" }, body: "no" }));
  expect([await read(address), await read(address)]).toMatchObject([
    { status: 429, body: "no" },
    { status: 200 },
  ]);
});

it("accepts and says nothing, or resets, before a word of TLS is spoken", async () => {
  const { address, network, http } = await open({ secure: true });
  network.admit = () => "reset";
  expect(await read(address)).toMatchObject({ error: "ECONNRESET" });
  const accepted = Promise.withResolvers<void>();
  network.admit = () => {
    accepted.resolve();
    return "silent";
  };
  const silent = read(address);
  await accepted.promise;
  expect(http.calls).toEqual([]);
  await network[Symbol.asyncDispose]();
  expect(await silent).toMatchObject({ error: "ECONNRESET" });
});

it("silences the connections there are, and passes new ones", async () => {
  const { address, network, http } = await open();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  expect(await read(address, agent)).toMatchObject({ body: BODY });
  network.silence();
  const silenced = get(address, { agent }).on("error", () => undefined);
  expect(await read(address)).toMatchObject({ body: BODY });
  expect(http.calls).toHaveLength(2);
  expect(silenced.reusedSocket).toBe(true);
  silenced.destroy();
});

it("takes longer in each direction", async () => {
  const { address, network } = await open();
  const timed = async (): Promise<number> => {
    const begin = performance.now();
    await read(address);
    return performance.now() - begin;
  };
  network.latency = { toServerMs: 60, toClientMs: 0 };
  expect(await timed()).toBeGreaterThan(55);
  network.latency = { toServerMs: 0, toClientMs: 60 };
  expect(await timed()).toBeGreaterThan(55);
});

it("presents the certificate it is told to, and heals", async () => {
  const proxy = await open({ secure: true });
  const { address, http } = proxy;
  const stranger = await createAuthority("stranger");
  http.present(await authority.issue({ elsewhere: true }));
  expect(await read(address)).toMatchObject({ error: "ERR_TLS_CERT_ALTNAME_INVALID" });
  http.present(await authority.issue({ expired: true }));
  expect(await read(address)).toMatchObject({ error: "CERT_HAS_EXPIRED" });
  http.present(await stranger.issue());
  expect(await read(address)).toMatchObject({ error: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  proxy.heal();
  expect(await read(address)).toMatchObject({ body: BODY });
});
