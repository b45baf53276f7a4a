import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a fake engine is, and has. */
export interface FakeEngineSettings {
  /** Whether its daemon runs; it does by default. */
  readonly runs?: boolean;
  /** Images that it has; none by default. */
  readonly images?: readonly string[];
  /** Whether it can pull; it cannot by default. */
  readonly pulls?: boolean;
  /** What stands for the programs of images: paths by their names there. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** An executable `docker` that takes the commands of ours, and runs programs of this machine instead of images'. */
export interface FakeEngine extends AsyncDisposable {
  /** Folder of it and nothing else, for the `PATH`. */
  readonly folder: string;
  /** What it was told, a line a command. */
  commands(): Promise<readonly string[]>;
}

const script = (state: string, { runs = true, pulls = false }: FakeEngineSettings): string => `#!/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
echo "$*" >> '${state}/commands'
${runs ? "" : "echo 'Cannot connect to the daemon' >&2; exit 1"}
command=$1
shift
case $command in
ps) exit 0 ;;
image) grep -qxF "$2" '${state}/images' ;;
pull) ${pulls ? `echo "$2" >> '${state}/images'` : "exit 1"} ;;
rm) kill -9 "$(cat "${state}/$2.pid")" ;;
run)
  variables=
  while :; do
    case $1 in
    --rm) shift; continue ;;
    --name) echo $$ > "${state}/$2.pid" ;;
    --entrypoint) entrypoint=$2 ;;
    --env) variables="$variables $2" ;;
    --*) ;;
    *) break ;;
    esac
    shift 2
  done
  grep -qxF "$1" '${state}/images' || exit 125
  shift
  exec env -i PATH="$PATH" $variables '${state}'/programs/"$entrypoint" "$@" ;;
*) exit 64 ;;
esac
`;

/** Writes one. */
export async function fakeEngine(settings: FakeEngineSettings = {}): Promise<FakeEngine> {
  const state = await mkdtemp(join(tmpdir(), "sluice-engine-"));
  const folder = join(state, "path");
  for (const each of [folder, join(state, "programs")]) await mkdir(each);
  await writeFile(join(state, "images"), (settings.images ?? []).map((image) => `${image}\n`).join(""));
  await writeFile(join(state, "commands"), "");
  for (const [name, path] of Object.entries(settings.programs ?? {})) {
    const program = join(state, "programs", name);
    // A Python looks around where it was started: a link to one is another.
    await writeFile(program, `#!/bin/sh\nexec '${path}' "$@"\n`);
    await chmod(program, 0o755);
  }
  await writeFile(join(folder, "docker"), script(state, settings));
  await chmod(join(folder, "docker"), 0o755);
  return {
    folder,
    commands: async () => (await readFile(join(state, "commands"), "utf8")).split("\n").filter(Boolean),
    [Symbol.asyncDispose]: async () => rm(state, { recursive: true }),
  };
}
