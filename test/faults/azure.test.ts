import { describeFaults } from "./describe-faults.js";
import { openAzure } from "./subjects/azure.js";

await describeFaults("provider `azure-key-vault`", openAzure);
