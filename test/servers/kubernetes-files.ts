import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Tokens of the users that the server knows. */
export interface KubernetesTokens {
  /** Of a member of `system:masters`, whom nothing is refused. */
  readonly adminToken: string;
  /** Of the user `limited`, who has no rights but those a test gives. */
  readonly limitedToken: string;
  /** The key it signs service accounts' tokens with, PEM. */
  readonly accountsKey: string;
}

/** Writes what kube-apiserver is started with: its users, and the key it signs service accounts' tokens with. */
export async function writeServerFiles(folder: string): Promise<KubernetesTokens> {
  const [adminToken, limitedToken] = [randomUUID(), randomUUID()];
  const users = `${adminToken},admin,1,system:masters\n${limitedToken},limited,2\n`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(join(folder, "tokens.csv"), users, { mode: 0o600 });
  const accountsKey = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  await writeFile(join(folder, "accounts.key"), accountsKey, { mode: 0o600 });
  return { adminToken, limitedToken, accountsKey };
}
