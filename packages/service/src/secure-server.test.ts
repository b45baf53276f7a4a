import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { createAuthority, type TestAuthority } from "../../../test/servers/faults/test-authority.js";
import { createSecureServer, type SecureServer, type SecureServerOptions } from "./secure-server.js";

const NAME = "server.svc";
const SOON = { timeout: 30_000 };

let authority: TestAuthority;
beforeAll(async () => void (authority = await createAuthority("Secure server authority")));

async function start(handler: RequestListener, options: Partial<SecureServerOptions> = {}) {
  const refused = vi.fn<(address: string, reason: string) => void>();
  const secure = createSecureServer(handler, {
    tls: await authority.issue({ names: [NAME] }),
    minVersion: "TLSv1.3",
    mostConnections: 10,
    connectionMs: 60_000,
    keepAliveMs: 60_000,
    requestMs: 10_000,
    answerMs: 30_000,
    headBytes: 8_192,
    onRefused: refused,
    ...options,
  });
  await new Promise<void>((resolve) => void secure.server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => secure.close(0));
  return { secure, refused };
}

async function open({ server }: SecureServer) {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", ca: authority.ca, servername: NAME });
  onTestFinished(() => void socket.destroy());
  await once(
    socket.on("error", () => undefined),
    "secureConnect",
  );
  return socket;
}

/** Everything that comes. */
function hear(socket: TLSSocket): () => string {
  let heard = "";
  socket.setEncoding("utf8").on("data", (text: string) => (heard += text));
  return () => heard;
}

const ask = (socket: TLSSocket, path = "/"): unknown =>
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);

it("lets go of whoever asks and does not take the answer, and of nobody else", async () => {
  const answer = Buffer.alloc(64 * 1024 * 1024);
  const closed = vi.fn<() => void>();
  const { secure, refused } = await start(
    ({ url }, response) => void response.on("close", closed).end(url === "/large" ? answer : "small"),
    { answerMs: 200 },
  );
  const slow = await open(secure);
  slow.pause();
  ask(slow, "/large");
  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), SOON);
  expect(refused).toHaveBeenCalledExactlyOnceWith("127.0.0.1", "slow-reader");
  // Whoever takes it keeps the connection for as long as it may.
  const other = await open(secure);
  const heard = hear(other);
  ask(other);
  await vi.waitFor(() => expect(heard()).toContain("small"), SOON);
  await new Promise((resolve) => void setTimeout(resolve, 300));
  expect(other.destroyed).toBe(false);
});

it("closed, gives what is under way, and lets go of all others", async () => {
  const asked: ServerResponse[] = [];
  const { secure } = await start((_, response) => void asked.push(response));
  const [idle, busy] = [await open(secure), await open(secure)];
  const [heard, gone] = [hear(busy), once(idle.resume(), "close")];
  ask(busy);
  await vi.waitFor(() => expect(asked).toHaveLength(1), SOON);
  const closed = secure.close(30_000);
  await gone;
  expect(busy.destroyed).toBe(false);
  asked[0]?.end("given");
  await closed;
  await vi.waitFor(() => expect(heard()).toContain("given"), SOON);
});

it("cuts off what takes longer than it may", async () => {
  const asked = vi.fn<() => void>();
  const { secure } = await start(asked);
  const busy = await open(secure);
  ask(busy);
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), SOON);
  await secure.close(50);
});

it("takes new connections while it ends those that it has, each with its next answer", async () => {
  const { secure } = await start((_, response) => void response.end("x"));
  const before = await open(secure);
  secure.endConnections();
  for (const socket of [before, await open(secure)]) {
    const heard = hear(socket);
    ask(socket);
    await once(socket, "close");
    expect(heard().toLowerCase()).toContain("connection: close");
  }
});
