import { installedOpenBao, installOpenBao } from "./python/install-openbao.js";
import { serversRequired } from "./shared/server.js";

/**
 * Path of an OpenBao or a Vault: the one in `SLUICE_BAO`, else the OpenBao that was installed, which it is now if
 * servers are required. `undefined` where there is none.
 */
export async function vaultProgram(): Promise<string | undefined> {
  const given = process.env["SLUICE_BAO"];
  if (given) return given;
  return (await installedOpenBao()) ?? (serversRequired() ? installOpenBao() : undefined);
}
