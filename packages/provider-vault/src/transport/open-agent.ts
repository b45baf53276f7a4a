import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { thrownName } from "@sluice/core";
import { badConfiguration } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { ConnectionOptions } from "./connection-options.js";

// Not imported: its ES module brings all of `fetch` with it, several megabytes.
const { Agent: HttpAgent } = process.getBuiltinModule("node:http");

/** Connections are reused; one that is idle for a minute is closed. */
const SOCKETS = { keepAlive: true, maxSockets: 32, timeout: 60_000 };

/** The connections to one server. Reads the certificates, so that it fails where they cannot be read. */
export async function openAgent(connection: ConnectionOptions, baseDirectory: string): Promise<Agent> {
  if (connection.address.protocol === "http:") return new HttpAgent(SOCKETS);
  const { caCert, tlsServerName, clientCertificate } = connection;
  const read = async (file: string): Promise<string> => readPem(resolve(baseDirectory, file));
  const ca = caCert === undefined || caCert.includes("-----BEGIN") ? caCert : await read(caCert);
  if (ca !== undefined) checkUsable("caCert", () => new X509Certificate(ca));
  const certificate = clientCertificate && {
    cert: await read(clientCertificate.certFile),
    key: await read(clientCertificate.keyFile),
  };
  if (certificate) checkUsable("client certificate", () => createSecureContext(certificate));
  return new HttpsAgent({
    ...SOCKETS,
    // Said always: else an environment variable could switch verification off.
    rejectUnauthorized: !connection.tlsSkipVerify,
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
    ...certificate,
    ...(tlsServerName !== undefined && { servername: tlsServerName }),
  });
}

/** Else it would show with the first connection only, as if nobody answered, or as a server that is not trusted. */
function checkUsable(what: "caCert" | "client certificate", use: () => unknown): void {
  try {
    use();
  } catch {
    // OpenSSL's words help few, and are about a key.
    const ofCa = what === "caCert";
    throw new Refusal(
      badConfiguration(
        ofCa ? "bad-ca-certificate" : "bad-client-certificate",
        `its ${what} is no PEM that can be used${ofCa ? "" : ", or its key belongs to another"}`,
        "Correct what the file holds",
      ),
    );
  }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = thrownName(error);
    throw new Refusal(
      badConfiguration(
        code,
        `${file} cannot be read (${code})`,
        "Correct the path, or the file's permissions",
      ),
    );
  }
}
