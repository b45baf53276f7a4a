import { openAws } from "./aws-subject.js";
import { describeCommands } from "./describe-commands.js";

await describeCommands("AWS Secrets Manager", () =>
  openAws({
    provider: "secrets-manager",
    name: "secretsmanager",
    target: "secretsmanager",
    write: (Name, SecretString) => ["CreateSecret", { Name, SecretString }],
    read: (SecretId) => ["GetSecretValue", { SecretId }],
    textOf: (answer) => (answer as { SecretString: string }).SecretString,
  }),
);
