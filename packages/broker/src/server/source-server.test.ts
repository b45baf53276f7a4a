import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import { createEventBus } from "@sluice/core";
import { expect, it, vi } from "vitest";
import { createAuthority } from "../../../../test/servers/faults/test-authority.js";
import { createSourceServer, DEFAULT_SERVER_LIMITS } from "./source-server.js";

const NAME = "broker.svc";

it("lets go of whoever asks and does not take the answer", async () => {
  const authority = await createAuthority("Source server authority");
  const { cert, key } = await authority.issue({ names: [NAME] });
  const tls = { cert: Buffer.from(cert), key: Buffer.from(key), endsAt: 0, digest: "" };
  const events = createEventBus();
  const refused = vi.fn<(event: unknown) => void>();
  events.on("connections-refused", refused);
  const answer = Buffer.alloc(64 * 1024 * 1024);
  const limits = { ...DEFAULT_SERVER_LIMITS, answerMs: 200 };
  const closed = vi.fn<() => void>();
  using source = createSourceServer(
    (request, response) => {
      response.on("close", closed);
      response.end(request.url === "/large" ? answer : "small");
    },
    tls,
    limits,
    events,
  );
  const { server } = source;
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const socket = connect({ port, host: "127.0.0.1", ca: authority.ca, servername: NAME });
    await once(socket, "secureConnect");
    socket.on("error", () => undefined).pause();
    socket.write("GET /large HTTP/1.1\r\nhost: x\r\n\r\n");
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 10_000 });
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ reason: "slow-reader", connections: 1 }));
    socket.destroy();
    // Whoever takes it keeps the connection for as long as it may.
    const other = connect({ port, host: "127.0.0.1", ca: authority.ca, servername: NAME });
    let heard = "";
    other.setEncoding("utf8").on("data", (text: string) => (heard += text));
    other.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await vi.waitFor(() => expect(heard).toContain("small"));
    await new Promise((resolve) => void setTimeout(resolve, 300));
    expect(other.destroyed).toBe(false);
    other.destroy();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
