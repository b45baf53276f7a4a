import { containerProgram } from "./engine/server-image.js";
import { installedOpenBao, installOpenBao } from "./python/install-openbao.js";
import { serversRequired } from "./shared/server.js";
import { installed, type ServerProgram } from "./shared/server-program.js";

/**
 * An OpenBao or a Vault: the program in `SLUICE_BAO` or `SLUICE_VAULT`, else OpenBao in a container if an engine runs,
 * else the one of {@link vaultProgram}. `undefined` where there is none.
 */
export async function vaultServer(pull?: { readonly pull: boolean }): Promise<ServerProgram | undefined> {
  const contained = givenVault() === undefined ? await containerProgram("openbao", "bao", pull) : undefined;
  if (contained) return contained;
  const path = await vaultProgram();
  return path === undefined ? undefined : installed(path);
}

/**
 * Path of an OpenBao or a Vault: the one in `SLUICE_BAO` or `SLUICE_VAULT`, else the OpenBao that was installed, which
 * it is now if servers are required. `undefined` where there is none.
 */
export async function vaultProgram(): Promise<string | undefined> {
  return (
    givenVault() ?? (await installedOpenBao()) ?? (serversRequired() ? await installOpenBao() : undefined)
  );
}

function givenVault(): string | undefined {
  return process.env["SLUICE_BAO"] || process.env["SLUICE_VAULT"] || undefined;
}
