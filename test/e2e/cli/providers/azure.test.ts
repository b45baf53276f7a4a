import { describeCommands } from "./describe-commands.js";
import { openAzure } from "./azure-subject.js";

await describeCommands("Azure Key Vault", openAzure);
