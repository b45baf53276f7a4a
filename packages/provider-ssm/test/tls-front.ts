import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHttpProxy } from "../../../test/servers/faults/http-proxy.js";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";

/** TLS before a server that speaks plain HTTP. */
export interface TlsFront {
  readonly address: string;
  /** Folder that has the authority of its certificate in `authority.pem`, and another one in `stranger.pem`. */
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, with a certificate of an authority that nobody trusts by itself. */
export async function startTlsFront(target: string): Promise<TlsFront> {
  const [authority, stranger] = [await createAuthority("authority"), await createAuthority("stranger")];
  const folder = await mkdtemp(join(tmpdir(), "sluice-tls-"));
  await writeFile(join(folder, "authority.pem"), authority.ca);
  await writeFile(join(folder, "stranger.pem"), stranger.ca);
  const proxy = await startHttpProxy({ address: target }, await authority.issue());
  return {
    address: `https://127.0.0.1:${proxy.port}`,
    folder,
    close: async () => {
      await proxy[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
