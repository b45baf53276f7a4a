import { openAws } from "./aws-subject.js";
import { describeCommands } from "./describe-commands.js";

await describeCommands("AWS Parameter Store", () =>
  openAws({
    provider: "ssm",
    name: "ssm",
    target: "AmazonSSM",
    write: (Name, Value) => ["PutParameter", { Name, Value, Type: "SecureString" }],
    read: (Name) => ["GetParameter", { Name, WithDecryption: true }],
    textOf: (answer) => (answer as { Parameter: { Value: string } }).Parameter.Value,
  }),
);
