import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { SluiceError, thrownName } from "@sluice/core";

/** Where a server's certificate is; both PEM. */
export interface TlsFiles {
  /** The certificate, and after it those between it and the root. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key, as they were read. */
export interface LoadedTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly endsAt: number;
  /** Tells one pair from another. */
  readonly digest: string;
}

/** Reads a certificate and its key. @throws SluiceError `SLU1103` when they cannot be read or are no pair. */
export async function loadTls(files: TlsFiles): Promise<LoadedTls> {
  const [cert, key] = await Promise.all([read(files.cert), read(files.key)]);
  try {
    // Tried here, for a server that is given a bad pair is left with none.
    createSecureContext({ cert, key });
    const endsAt = Date.parse(new X509Certificate(cert).validTo);
    const digest = createHash("sha256").update(cert).update("\0").update(key).digest("hex");
    return { cert, key, endsAt, digest };
  } catch (thrown) {
    // The message of the library may quote the file.
    throw wrong(`${files.cert} and ${files.key} are no certificate with its key (${thrownName(thrown)})`);
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw wrong(`${path} cannot be read (${thrownName(thrown)})`);
  }
}

function wrong(problem: string): SluiceError {
  return new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem,
    remedy: "Name a PEM certificate with --tls-cert and its key with --tls-key",
  });
}
