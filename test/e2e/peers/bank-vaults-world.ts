import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defineProvider } from "@sluice/core";
import { bankVaults, sluice, storeOfServers } from "@sluice/dialects";
import { azureKeyVault } from "@sluice/provider-azure";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { createAzureProvider } from "../../../packages/provider-azure/src/azure-provider.js";
import { ENVIRONMENT, registerWeb, WEB_SECRET } from "../../../packages/provider-azure/test/applications.js";
import { write } from "../../../packages/provider-azure/test/call.js";
import { trustOf } from "../../../packages/provider-azure/test/support.js";
import type { RealVault } from "../../../packages/provider-vault/test/real-vault.js";
import type { ContainerImages } from "../../servers/containers/container-images.js";
import type { KeyVault } from "../../servers/key-vault.js";
import { launcherProgram } from "../../servers/launcher.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { callMoto, MOTO_ENVIRONMENT, MOTO_REGION } from "../cli/providers/call-moto.js";
import type { BrokerWorld, StartedBroker } from "../broker/broker-world.js";
import type { NodeImage } from "./mini-kubelet.js";

export const LAUNCHER = "example.test/sluice-launcher:1";

const KNOWN_SERVER = "https://vault.known.example:8200";
const SECRETS_MANAGER = { name: "secretsmanager", target: "secretsmanager" };
const SSM = { name: "ssm", target: "AmazonSSM" };

/** The notation as an operator sets it up whose servers are those of {@link startForms}. */
export const DIALECTS = [
  sluice(),
  bankVaults({
    storeOf: storeOfServers([
      { address: KNOWN_SERVER, store: "vault" },
      { address: KNOWN_SERVER, namespace: "team/a", store: "vault-team-a" },
    ]),
    login: "secret://files/login",
    files: "files",
  }),
];

/** The servers that references of every form lead to. */
export interface FormServers {
  readonly vault: RealVault;
  readonly keyVault: KeyVault;
  /** Where moto is. */
  readonly aws: string;
}

/** Fills the servers, and says what was made that forms name as `<NAME>`. */
export async function fillServers({ vault, keyVault, aws }: FormServers): Promise<Record<string, string>> {
  const { api } = vault;
  const account = { username: "superusername", password: "first" };
  await api("POST", "secret/data/account", { data: account });
  const pem = Buffer.from(" PEM\n").toString("base64");
  const newer = { ...account, password: "s/cr t", "tls.crt": pem, port: 5432, nested: { a: 1 } };
  await api("POST", "secret/data/account", { data: newer });
  await api("POST", "secret/data/bundle/one", { data: { ONE: "1" } });
  await api("POST", "secret/data/bundle/one", { data: { ONE: "11", BOTH: "one" } });
  await api("POST", "secret/data/bundle/two", { data: { BOTH: "two" } });
  await api("POST", "sys/namespaces/team-a", {});
  await api("POST", "team-a/sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await waitUntil("the engine of the namespace takes secrets", async () =>
    api("POST", "team-a/secret/data/account", { data: { username: "of-team-a" } }).then(
      () => true,
      () => false,
    ),
  );
  const [transit, pki] = [await vault.mount("transit"), await vault.mount("pki")];
  await api("POST", `${transit}/keys/app`, {});
  const plaintext = Buffer.from("decrypted").toString("base64");
  const { data } = await api("POST", `${transit}/encrypt/app`, { plaintext });
  await api("POST", `${pki}/root/generate/internal`, { common_name: "root", ttl: "48h" });
  await api("POST", `${pki}/roles/web`, { allow_any_name: true, max_ttl: "2h" });
  const secret = { Name: "db", SecretString: "of-secrets-manager" };
  const created = await callMoto(aws, SECRETS_MANAGER, "CreateSecret", secret);
  const { ARN } = (await created.json()) as { readonly ARN: string };
  const parameter = { Name: "/db", Type: "SecureString", Overwrite: true };
  for (const Value of ["first", "second"]) await callMoto(aws, SSM, "PutParameter", { ...parameter, Value });
  await registerWeb(keyVault);
  const older = await write(keyVault, "db", "older");
  await write(keyVault, "db", "newer");
  return {
    TRANSIT: transit,
    PKI: pki,
    CIPHERTEXT: String((data as Readonly<Record<string, unknown>>)["ciphertext"]),
    SECRET_ARN: ARN,
    AZURE_VERSION: older,
  };
}

/** A broker with a store for each server. Stores that issue something let the broker keep the leases. */
export async function startFormsBroker(
  world: BrokerWorld,
  { vault, keyVault, aws }: FormServers,
): Promise<StartedBroker> {
  const access = [{ namespaces: ["*"], serviceAccounts: ["default"], paths: ["**"] }];
  await world.write(
    "files.json",
    JSON.stringify({ login: "token-for-logins", app: { password: "of-a-file" } }),
  );
  const store = (provider: string, options: object) => ({ provider, options, access, leases: "broker" });
  const server = { address: vault.address };
  const onMoto = { region: MOTO_REGION, endpoint: aws };
  const onEmulator = defineProvider({
    ...azureKeyVault,
    create: (options, dependencies) => createAzureProvider(options, dependencies, trustOf(keyVault)),
  });
  return world.start({
    stores: {
      vault: store("vault", server),
      bao: store("vault", server),
      "vault-team-a": store("vault", { ...server, namespace: "team-a" }),
      "aws-ssm": store("ssm", onMoto),
      "aws-secrets": store("secrets-manager", onMoto),
      "azure-key-vault": store("azure-key-vault", { vault: "sluice", auth: WEB_SECRET }),
      files: store("file", { path: "files.json" }),
    },
    providers: [onEmulator, ...BUILT_IN_PROVIDERS.filter(({ id }) => id !== "azure-key-vault")],
    environment: { ...ENVIRONMENT, ...MOTO_ENVIRONMENT, VAULT_TOKEN: vault.token },
  });
}

/** What the node has: an image of the launcher alone, and a root filesystem for apps. */
export async function formImages(
  { folder }: BrokerWorld,
  { roots }: ContainerImages,
): Promise<Record<string, NodeImage>> {
  const root = join(folder, "launcher-image");
  for (const name of ["proc", "dev", "sluice"]) await mkdir(join(root, name), { recursive: true });
  const program = await launcherProgram();
  if (program === undefined) throw new Error("The launcher needs Go to be built");
  await copyFile(program, join(root, "sluice-launch"));
  await chmod(join(root, "sluice-launch"), 0o555);
  await chmod(folder, 0o755);
  return { [LAUNCHER]: { root, entrypoint: ["/sluice-launch"] }, app: { root: roots.debian } };
}
