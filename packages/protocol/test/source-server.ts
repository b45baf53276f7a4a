import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Asking, createSourceHandler, parseSourceAddress, type Source } from "@sluice/protocol";
import { createAuthority, type TestAuthority } from "../../../test/servers/faults/test-authority.js";

/** A source that really listens, and how it is asked. */
export interface OpenSource extends AsyncDisposable {
  readonly port: number;
  readonly asking: Asking;
  readonly authority: TestAuthority;
}

export const REQUEST = {
  protocol: 1,
  reader: 1,
  features: [],
  container: "web",
  nonce: "0123456789abcdef0123456789abcdef",
  planDigest: `sha256:${"0".repeat(64)}`,
} as const;

export const NAME = "sluice-broker.sluice-system.svc";

interface SourceOptions {
  readonly name?: string;
  readonly expired?: boolean;
  readonly tls?: "TLSv1.2" | "TLSv1.3";
}

/** Opens one over TLS, its certificate for {@link NAME} unless another is given. */
export async function openSource(
  source: Source,
  { name = NAME, expired = false, tls = "TLSv1.3" }: SourceOptions = {},
): Promise<OpenSource> {
  const authority = await createAuthority("Source authority");
  const server = createHttps(
    {
      ...(await authority.issue({ names: [name], expired })),
      minVersion: tls,
      maxVersion: tls,
      maxHeaderSize: 32_768,
    },
    createSourceHandler(source),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    authority,
    asking: {
      address: parseSourceAddress(`https://127.0.0.1:${port}`),
      trust: { serverName: NAME, roots: authority.ca },
      token: "a.b.c",
      request: REQUEST,
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Opens one on a Unix socket; its requests can be written by hand. */
export async function openSocket(source: Source) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-source-"));
  const path = join(folder, "source.sock");
  const server = createHttp(createSourceHandler(source));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    asking: { address: parseSourceAddress(`unix:${path}`), request: REQUEST } satisfies Asking,
    /** Sends bytes as they are and returns everything that comes back. */
    say: (bytes: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let heard = "";
        const socket = connect(path, () => void socket.write(Buffer.from(bytes, "latin1")));
        socket.setEncoding("utf8").on("data", (text: string) => (heard += text));
        socket.on("close", () => resolve(heard)).on("error", reject);
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
