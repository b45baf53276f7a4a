import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CONFIG_FILES, ConfigError } from "@sluice/config";

const CONFIG = `# Where secrets are. A reference names a store of these: secret://dev/GREETING
stores:
  dev: { provider: file, path: ./secrets.env }

# Variables that \`sluice run\` adds to what it starts.
env:
  GREETING: secret://dev/GREETING
  DATABASE_URL: postgres://app:\${secret://dev/DB_PASSWORD}@localhost/app
`;

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

/** Writes the smallest configuration that works. Nothing that exists is overwritten. */
export async function scaffold(directory: string): Promise<Scaffolded> {
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
  const created = ["sluice.yaml"];
  const kept: string[] = [];
  await writeFile(join(directory, "sluice.yaml"), CONFIG, { flag: "wx" });
  if (await exists(join(directory, IGNORED))) kept.push(IGNORED);
  else {
    await writeFile(join(directory, IGNORED), SECRETS, { flag: "wx", mode: 0o600 });
    created.push(IGNORED);
  }
  const ignoreChanged = await ignore(join(directory, ".gitignore"));
  (ignoreChanged ? created : kept).push(".gitignore");
  return { created, kept };
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
