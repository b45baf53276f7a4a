import * as runner from "vitest";
import { type KeyVault, startKeyVault } from "./key-vault.js";

/**
 * Describes tests that need the Key Vault emulator, and starts one for them. Where there can be none they are
 * reported as skipped, and why is said loudly. A test file awaits it at its top level.
 */
export async function describeOnKeyVault(
  title: string,
  define: (server: KeyVault) => void | Promise<void>,
): Promise<void> {
  const server = await startKeyVault();
  if (server.kind === "unavailable") {
    process.stderr.write(`\nSKIPPED: ${title}: ${server.reason}\n\n`);
    runner.describe.skip(title, () => {
      runner.it(`is not tested: ${server.reason}`, () => undefined);
    });
    return;
  }
  runner.describe(title, async () => {
    runner.afterAll(async () => server.stop());
    await define(server);
  });
}
