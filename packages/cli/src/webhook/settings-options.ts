import { type Command, InvalidArgumentError, Option } from "commander";
import { DIALECT_NAMES } from "./settings-file.js";

/** Options that say how pods are changed; `webhook` and `mutate` have them. */
export function addSettingsOptions(command: Command): Command {
  return command
    .option("--settings <file>", "YAML with broker, launcher, writer, dialects, lookups; flags win over it")
    .addOption(
      new Option(
        "--broker <url>",
        "where launchers ask; best the Service's cluster IP, which needs no DNS",
      ).argParser((text: string) => {
        if (URL.canParse(text) && text.startsWith("https://")) return text;
        throw new InvalidArgumentError("Write https://ADDRESS:PORT.");
      }),
    )
    .option(
      "--broker-server-name <name>",
      "name in the broker's certificate (default: sluice-broker.sluice-system.svc)",
    )
    .option("--broker-roots <file>", "PEM roots of the broker's certificate; they are written into pods")
    .option("--launcher-image <image>", "image that holds /sluice-launch")
    .addOption(
      new Option(
        "--launcher-delivery <way>",
        "copy it by an init container, or mount its image (Kubernetes 1.33 or later)",
      ).choices(["copy", "image"]),
    )
    .option("--writer-image <image>", "image of sluice itself, which writes the files that pods ask for")
    .addOption(dialectsOption());
}

export const dialectsOption = (): Option =>
  new Option("--dialects <name...>", "notations that are read (default: all)").choices(DIALECT_NAMES);
