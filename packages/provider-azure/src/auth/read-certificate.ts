import { Refusal } from "../failure/refusal.js";
import { readPkcs12 } from "../read/read-pkcs12.js";
import { credentialFailure, readCredentialBytes } from "./read-credential-file.js";

/** The PEM of a certificate and its private key, from a file of PEM or of PKCS#12. */
export async function readCertificate(
  path: string,
  baseDirectory: string,
  password?: string,
): Promise<string> {
  const bytes = await readCredentialBytes(path, baseDirectory);
  if (bytes.includes("-----BEGIN ")) return bytes.toString();
  const { certificates, privateKey } = (await readPkcs12(bytes, password)) ?? {};
  if (certificates !== undefined && privateKey !== undefined) return privateKey + certificates;
  throw new Refusal(credentialFailure(`${path} holds no certificate with its key that can be opened`));
}
