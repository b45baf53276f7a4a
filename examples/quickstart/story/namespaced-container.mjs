// Runs a command as a container: in namespaces of its own, on a root that is put together from folders of this machine.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

// Positional: root, user, number of mounts, their folders and places, then environment and command of env(1).
const SCRIPT = `
set -e
root=$1 user=$2 mounts=$3
shift 3
mount --bind "$root" "$root"
while [ "$mounts" -gt 0 ]; do
  mkdir -p "$root$2"
  mount --rbind "$1" "$root$2"
  shift 2
  mounts=$((mounts - 1))
done
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
exec unshare --user --map-user="$user" --map-group="$user" --keep-caps env -i "$@"
`;

const NAMESPACES = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
const CHROOT =
  ["/usr/sbin/chroot", "/usr/bin/chroot", "/sbin/chroot"].find((file) => existsSync(file)) ?? "chroot";
const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];

/** Whether this machine lets us make containers. */
export function canRunContainers(root) {
  if (process.platform !== "linux") return false;
  const { status } = startAndWait({ root: systemRoot(join(root, "probe")), args: ["node", "--version"] });
  return status === 0;
}

/** A root with this machine's libraries and Node; stands in for the app's image. */
export function systemRoot(folder) {
  mkdirSync(folder, { recursive: true });
  const mounts = [
    ["/dev", "/dev"],
    [dirname(process.execPath), "/opt/node"],
  ];
  for (const place of ["/usr", "/bin", "/lib", "/lib64", "/nix"]) {
    const kind = lstatSync(place, { throwIfNoEntry: false });
    if (kind?.isSymbolicLink()) symlinkSync(readlinkSync(place), join(folder, place));
    else if (kind?.isDirectory()) mounts.push([place, place]);
  }
  return { folder, mounts };
}

/** A root with one file. */
export function fileRoot(folder, file, place) {
  mkdirSync(folder, { recursive: true });
  cpSync(file, join(folder, place));
  return { folder, mounts: [] };
}

/** Sends a signal to the container's first process, whose parent `unshare` is. */
export function tellContainer(child, signal) {
  const [first] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ");
  process.kill(Number(first), signal);
}

function startAndWait(container) {
  return spawnSync("unshare", containerWords(container), { stdio: "ignore", timeout: 30_000 });
}

/** What `unshare` is told to start a container. */
export function containerWords({ root, user = 0, volumes = [], env = {}, args }) {
  const mounts = [...root.mounts, ...volumes];
  const variables = Object.entries({ PATH: "/opt/node:/usr/bin:/bin", ...env });
  const positional = [
    root.folder,
    String(user),
    String(mounts.length),
    ...mounts.flat(),
    ...variables.map(([name, value]) => `${name}=${value}`),
    CHROOT,
    root.folder,
    ...args,
  ];
  return [...asRoot, ...NAMESPACES, "sh", "-c", SCRIPT, "sh", ...positional];
}
