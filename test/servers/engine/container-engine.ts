import { runCommand } from "../shared/run-command.js";

/** A list of containers takes no longer where an engine runs. */
const ANSWER_MS = 10_000;

/**
 * The container engine that runs here, `docker` or `podman`; `SLUICE_CONTAINER_ENGINE` names another one, or `none`.
 * On Linux only: elsewhere containers have a network of their own, and no server in one reaches a test.
 *
 * @throws {Error} when the one that the environment names does not answer
 */
export async function containerEngine(): Promise<string | undefined> {
  const chosen = process.env["SLUICE_CONTAINER_ENGINE"];
  if (chosen === "none" || process.platform !== "linux") return undefined;
  for (const engine of chosen ? [chosen] : ["docker", "podman"]) if (await answers(engine)) return engine;
  if (chosen) throw new Error(`SLUICE_CONTAINER_ENGINE is ${chosen}, which does not answer`);
  return undefined;
}

/** The program alone is no engine: its daemon may not run. */
async function answers(engine: string): Promise<boolean> {
  return runCommand(engine, ["ps", "--quiet"], ANSWER_MS).then(
    () => true,
    () => false,
  );
}
