// The static executable that starts a container's command, built from source.
import { fileURLToPath } from "node:url";
import { buildLauncher } from "../../../packages/launcher/dist/build/build-launcher.js";
import { patiently } from "./narrator.mjs";

const PROGRAM = fileURLToPath(
  new URL("../../../node_modules/.cache/quickstart/sluice-launch", import.meta.url),
);

/** Its path; undefined where it cannot be built. The second time takes a second. */
export async function launcherProgram() {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined;
  try {
    await patiently("building the launcher with Go, once", buildLauncher(process.arch, PROGRAM));
    return PROGRAM;
  } catch {
    return undefined;
  }
}
