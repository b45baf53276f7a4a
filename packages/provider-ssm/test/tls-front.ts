import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { runCommand } from "../../../test/servers/shared/run-command.js";

/** TLS before a server that speaks plain HTTP. */
export interface TlsFront {
  readonly address: string;
  /** Folder that has the authority of its certificate in `authority.pem`, and another one in `stranger.pem`. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Starts one on a free port of 127.0.0.1, with a certificate of an authority that nobody trusts by itself. */
export async function startTlsFront(target: string): Promise<TlsFront> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-tls-"));
  const at = (name: string): string => join(folder, name);
  const openssl = async (...args: readonly string[][]): Promise<string> => runCommand("openssl", args.flat());
  for (const name of ["authority", "stranger"])
    await openssl(
      ["req", "-x509", "-subj", `/CN=${name}`, "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)],
      KEY,
    );
  await openssl(["req", "-subj", "/CN=127.0.0.1", "-keyout", at("leaf.key"), "-out", at("leaf.csr")], KEY);
  await writeFile(at("names"), "subjectAltName=IP:127.0.0.1\n");
  await openssl(
    ["x509", "-req", "-days", "2", "-in", at("leaf.csr"), "-out", at("leaf.pem"), "-extfile", at("names")],
    ["-CA", at("authority.pem"), "-CAkey", at("authority.key"), "-CAcreateserial"],
  );
  const [cert, key] = await Promise.all([readFile(at("leaf.pem")), readFile(at("leaf.key"))]);
  const { hostname, port } = new URL(target);
  const server = createServer({ cert, key }, (socket) => {
    const onward = connect(Number(port), hostname);
    socket.on("error", () => onward.destroy()).pipe(onward);
    onward.on("error", () => socket.destroy()).pipe(socket);
  });
  // A client that does not trust us hangs up.
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    close: async () => {
      server.close();
      await once(server, "close");
      await rm(folder, { recursive: true });
    },
  };
}
