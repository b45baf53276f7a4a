import { openAws, PARAMETER_STORE } from "./aws-subject.js";
import { describeCommands } from "./describe-commands.js";

await describeCommands("AWS Parameter Store", () => openAws(PARAMETER_STORE));
