import { describeFaults } from "./describe-faults.js";
import { openSecretsManager } from "./subjects/secrets-manager.js";

await describeFaults("provider `secrets-manager`", openSecretsManager);
