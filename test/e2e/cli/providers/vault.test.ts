import { describeCommands } from "./describe-commands.js";
import { openVault } from "./vault-subject.js";

await describeCommands("Vault or OpenBao", openVault);
