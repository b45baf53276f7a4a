import { keyVaultBinary } from "./key-vault-binary.js";
import { type KeyVaultProcess, startKeyVaultProcess } from "./key-vault-process.js";
import type { Application, Fault, KeyVaultState, Rule } from "./key-vault-settings.js";
import type { RunningServer, Unavailable } from "./shared/server.js";

/** A vault that tests may write to without the provider. */
export interface AzureServer extends RunningServer {
  /** PEM file of the authority that its certificate comes from, unless that is a public one. */
  readonly caFile?: string;
  /** A bearer token that it takes. */
  readonly token: string;
  /** Where those are led who ask for one of Azure's names; the server is where it says when absent. */
  readonly detour?: Detour;
}

/** Loopback ports that stand for Azure's names. */
export interface Detour {
  /** PEM of the authority that vouches for these names. */
  readonly ca: string;
  /** Of vaults and of login services. */
  readonly port: number;
  /** Of a machine's metadata service. */
  readonly metadataPort: number;
}

/** May do everything, and is not counted. */
const ROOT = "00000000-0000-0000-0000-000000000000";

/** The emulator: vaults of every name in every cloud, and the login services in front of them. */
export class KeyVault implements AzureServer {
  readonly kind = "running";
  /** The vault that tests use which need no particular one. */
  readonly address = "https://sluice.vault.azure.net";
  readonly host = new URL(this.address).host;
  readonly tenant: string;
  readonly caFile: string;
  readonly detour: Detour;
  /** Where the vault answers by its address on loopback: a name that is not Azure's. */
  readonly loopback: string;
  readonly metadata: string;
  readonly token: string;
  readonly #process: KeyVaultProcess;

  private constructor(process: KeyVaultProcess, token: string) {
    const { address, metadata, tenant, caFile, ca } = process;
    const portOf = (url: string): number => Number(new URL(url).port);
    this.#process = process;
    this.token = token;
    this.tenant = tenant;
    this.caFile = caFile;
    this.loopback = address;
    this.metadata = metadata;
    this.detour = { ca, port: portOf(address), metadataPort: portOf(metadata) };
  }

  static async start(program: string): Promise<KeyVault> {
    const process = await startKeyVaultProcess(program);
    const host = "sluice.vault.azure.net";
    const { token } = (await post(process.admin, "POST", "tokens", tokenOf(host))) as { token: string };
    return new KeyVault(process, token);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  /** Another vault, whose cloud its host tells. */
  async at(host: string): Promise<AzureServer> {
    return { ...this.#server(), address: `https://${host}`, token: await this.tokenFor({ vault: host }) };
  }

  /** A token as a login gives it, or, being expired or for somebody else, as none would. */
  async tokenFor(wanted: {
    vault: string;
    clientId?: string;
    audience?: string;
    seconds?: number;
  }): Promise<string> {
    const body = { ...tokenOf(wanted.vault), ...wanted };
    return ((await post(this.#process.admin, "POST", "tokens", body)) as { token: string }).token;
  }

  async register(application: Application): Promise<void> {
    await post(this.#process.admin, "POST", "applications", application);
  }

  /** Says who may do what in a vault; who is refused is told so as with roles, or as with access policies. */
  async grant(
    access: Readonly<Record<string, readonly Rule[]>>,
    host = this.host,
    rbac = true,
  ): Promise<void> {
    await post(this.#process.admin, "PUT", `vaults/${host}`, { access, rbac });
  }

  /** Replaces all faults by these. */
  async fail(...faults: readonly Fault[]): Promise<void> {
    await post(this.#process.admin, "PUT", "faults", faults);
  }

  async state(): Promise<KeyVaultState> {
    return (await (await fetch(`${this.#process.admin}/state`)).json()) as KeyVaultState;
  }

  #server(): AzureServer {
    const { kind, address, caFile, detour, token } = this;
    return { kind, address, caFile, detour, token, stop: async () => undefined };
  }
}

/** The emulator, running; built first if there is none and servers are required. */
export async function startKeyVault(): Promise<KeyVault | Unavailable> {
  const program = await keyVaultBinary();
  if (program !== undefined) return KeyVault.start(program);
  const reason = "the Key Vault emulator is not built: set SLUICE_REQUIRE_SERVERS=1 to build it with Go";
  return { kind: "unavailable", reason };
}

function tokenOf(vault: string): { vault: string; clientId: string; seconds: number } {
  return { vault, clientId: ROOT, seconds: 86_400 };
}

async function post(admin: string, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${admin}/${path}`, { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
