import { fileURLToPath } from "node:url";
import { deployTools } from "../../servers/deploy-tools.js";
import { runCommand } from "../../servers/shared/run-command.js";
import { DEPLOY, type Manifest, manifestsIn } from "./manifests.js";

const CHART = fileURLToPath(new URL("helm/sluice", DEPLOY));

/** The chart with these values, `NAME=VALUE`, or `NAME:=JSON`; without a cluster, so it has to be told of its version. */
export async function renderChart(...values: readonly string[]): Promise<Manifest[]> {
  const tools = await deployTools();
  const set = values.flatMap((value) =>
    value.includes(":=") ? ["--set-json", value.replace(":=", "=")] : ["--set", value],
  );
  const place = ["--namespace", "sluice-system", "--kube-version", "1.35.0"];
  return manifestsIn(await runCommand(tools?.helm ?? "", ["template", "sluice", CHART, ...place, ...set]));
}
