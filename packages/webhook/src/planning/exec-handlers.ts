import type { Container } from "@sluice/core/pod";

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
const HOOKS = ["postStart", "preStop"] as const;

type Handler = Readonly<Record<string, unknown>>;

/** Every command that the node runs in a container by itself, under the name of its probe or hook. */
export function execCommands(container: Container): [what: string, command: readonly string[]][] {
  const found: [string, readonly string[]][] = [];
  mapExecCommands(container, (command, what) => {
    found.push([what, command]);
    return command;
  });
  return found;
}

/** A container whose probes and hooks run other commands; the same where nothing becomes another. */
export function mapExecCommands(
  container: Container,
  change: (command: readonly string[], what: string) => readonly string[],
): Container {
  const changed = changeMembers(container, PROBES, change);
  const { lifecycle } = changed;
  if (!isObject(lifecycle)) return changed;
  const hooks = changeMembers(lifecycle, HOOKS, (command, what) => change(command, `lifecycle.${what}`));
  return hooks === lifecycle ? changed : { ...changed, lifecycle: hooks };
}

function changeMembers<Owner extends Handler>(
  owner: Owner,
  names: readonly string[],
  change: (command: readonly string[], what: string) => readonly string[],
): Owner {
  return names.reduce((changed, name) => {
    const handler = changed[name];
    const exec = isObject(handler) ? handler["exec"] : undefined;
    if (!isObject(handler) || !isObject(exec)) return changed;
    const command = exec["command"];
    if (!Array.isArray(command) || command.length === 0 || !command.every(isText)) return changed;
    const other = change(command, name);
    return other === command
      ? changed
      : { ...changed, [name]: { ...handler, exec: { ...exec, command: other } } };
  }, owner);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isObject(value: unknown): value is Handler {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
