import { type Command, InvalidArgumentError, Option } from "commander";
import type { ModeContext } from "@sluice/mode";

/** Options that say how pods are changed; `webhook` and `mutate` have them. */
export function addSettingsOptions(command: Command, context: Pick<ModeContext, "dialects">): Command {
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
    .addOption(
      new Option(
        "--mesh <name...>",
        "keep the broker's port out of these meshes' capture (default: those that a pod shows to be in)",
      ).choices(["istio", "linkerd", "none"]),
    )
    .option("--writer-image <image>", "image of sluice itself, which writes the files that pods ask for")
    .addOption(dialectsOption(context));
}

/** `--dialects`: which of the injector's notations are read. */
export const dialectsOption = ({ dialects }: Pick<ModeContext, "dialects">): Option =>
  new Option("--dialects <name...>", "notations that are read (default: all)").choices(
    dialects.map(({ name }) => name),
  );
