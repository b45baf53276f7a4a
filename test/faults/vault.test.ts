import { describeFaults } from "./describe-faults.js";
import { openVault } from "./subjects/vault.js";

await describeFaults("provider `vault`", openVault);
