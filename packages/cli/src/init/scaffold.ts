import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_FILES, ConfigError } from "@sluice/config";
import { SluiceError } from "@sluice/core";

/** A first `sluice.yaml` for each provider. */
const TEMPLATES = fileURLToPath(new URL("../../templates/config/", import.meta.url));

const SECRETS = `# Secrets for development. Keep this file out of version control.
GREETING="hello from sluice"
DB_PASSWORD=change-me
`;

const IGNORED = "secrets.env";

export interface Scaffolded {
  readonly created: readonly string[];
  /** Files that were there already and stay as they are. */
  readonly kept: readonly string[];
}

/**
 * Writes a first configuration: with a store of that provider, its options beside it in comments. For the provider
 * `file` it works as it is, with secrets to begin with. Nothing that exists is overwritten.
 */
export async function scaffold(directory: string, provider: string): Promise<Scaffolded> {
  const config = await readTemplate(provider);
  const taken = (
    await Promise.all(CONFIG_FILES.map(async (name) => ((await exists(join(directory, name))) ? [name] : [])))
  ).flat();
  if (taken[0] !== undefined)
    throw new ConfigError("SLU1104", [
      {
        file: join(directory, taken[0]),
        problem: "there is a configuration already",
        remedy: "Edit it, or remove it first",
      },
    ]);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "sluice.yaml"), config, { flag: "wx" });
  if (provider !== "file") return { created: ["sluice.yaml"], kept: [] };
  const secrets = await scaffoldSecrets(directory);
  return { ...secrets, created: ["sluice.yaml", ...secrets.created] };
}

async function scaffoldSecrets(directory: string): Promise<Scaffolded> {
  const created: string[] = [];
  const kept: string[] = [];
  if (await exists(join(directory, IGNORED))) kept.push(IGNORED);
  else {
    await writeFile(join(directory, IGNORED), SECRETS, { flag: "wx", mode: 0o600 });
    created.push(IGNORED);
  }
  const ignoreChanged = await ignore(join(directory, ".gitignore"));
  (ignoreChanged ? created : kept).push(".gitignore");
  return { created, kept };
}

async function readTemplate(provider: string): Promise<string> {
  const templates = (await readdir(TEMPLATES)).map((file) => basename(file, ".yaml"));
  if (!templates.includes(provider))
    throw new SluiceError({
      code: "SLU1201",
      kind: "usage",
      problem: `There is no first configuration to write for the provider ${provider}`,
      remedy: `There is one for: ${templates.sort().join(", ")}`,
    });
  return readFile(join(TEMPLATES, `${provider}.yaml`), "utf8");
}

/** Keeps the secrets out of version control. Returns whether the file had to be changed. */
async function ignore(path: string): Promise<boolean> {
  const text = (await exists(path)) ? await readFile(path, "utf8") : "";
  if (text.split(/\r?\n/).some((line) => line.trim() === IGNORED || line.trim() === `/${IGNORED}`))
    return false;
  await writeFile(path, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${IGNORED}\n`);
  return true;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
