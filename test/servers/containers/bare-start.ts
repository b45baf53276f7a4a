import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import type { ContainerRun } from "./run-container.js";

const MEMORY = "/sys/fs/cgroup/memory";

// Positional: root, cgroup ("" for none), number of volumes, their folders and places, then environment and command.
const SCRIPT = `
set -e
root=$1 group=$2 volumes=$3
shift 3
[ -z "$group" ] || echo $$ > "$group/cgroup.procs"
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
while [ "$volumes" -gt 0 ]; do
  mount --bind "$1" "$root$2"
  shift 2
  volumes=$((volumes - 1))
done
ulimit -Sn 1000
ulimit -Hn 4000
exec /usr/bin/env -i "$@"
`;

const NAMESPACES = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];

const WITHOUT_RIGHTS = [
  "--no-new-privs",
  "--inh-caps=-all",
  "--ambient-caps=-all",
  // What chroot itself needs; none is left once the user is another than root.
  "--bounding-set=-all,+setuid,+setgid,+sys_chroot",
];

/** A command, and how to clean up after it. */
export interface BareStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly cleanUp: () => void;
}

/**
 * Starts a container without /proc, which the runtime cannot: in namespaces of its own, its command as process 1,
 * the root read-only, without capabilities.
 */
export function bareStart(run: ContainerRun, id: string): BareStart {
  const { root, env, args, user, memoryMiB, volumes = {} } = run;
  const group = memoryMiB === undefined ? "" : `${MEMORY}/${id}`;
  if (memoryMiB !== undefined) limitMemory(group, memoryMiB);
  const mounts = Object.entries(volumes).flatMap(([place, folder]) => [folder, place]);
  const chroot = ["/usr/sbin/chroot", `--userspec=${user}:${user}`, "--groups=", root];
  const command = [...env, "/usr/bin/setpriv", ...WITHOUT_RIGHTS, ...chroot, ...args];
  const positional = [root, group, String(mounts.length / 2), ...mounts, ...command];
  return {
    file: "unshare",
    args: [...NAMESPACES, "sh", "-c", SCRIPT, "sh", ...positional],
    cleanUp: () => {
      if (group !== "") rmdirSync(group);
    },
  };
}

function limitMemory(group: string, memoryMiB: number): void {
  mkdirSync(group);
  // Swap is counted with memory, so it can only be set after it.
  for (const file of ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"])
    writeFileSync(`${group}/${file}`, String(memoryMiB * 1024 * 1024));
}
