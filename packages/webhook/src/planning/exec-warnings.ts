import type { ContainerReading } from "@sluice/core/dialect";
import type { Container } from "@sluice/core/pod";

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
const HOOKS = ["postStart", "preStop"] as const;

/**
 * Probes and hooks that run a command in the container and name an injected variable: the node starts them beside
 * the launcher, so they see the reference and not the value. They are left as they are.
 */
export function execWarnings(container: Container, { env }: ContainerReading): string[] {
  return Array.from(execsOf(container)).flatMap(([what, command]) => {
    const used = Object.keys(env).find((name) => command.some((text) => mentions(text, name)));
    if (used === undefined) return [];
    return [
      `container "${container.name}": ${what} uses ${used}, and sees its reference there, not its value`,
    ];
  });
}

function* execsOf(container: Container): Generator<readonly [string, readonly string[]]> {
  for (const probe of PROBES) yield [probe, commandOf(container[probe])];
  for (const hook of HOOKS) yield [`lifecycle.${hook}`, commandOf(memberOf(container["lifecycle"], hook))];
}

function commandOf(handler: unknown): readonly string[] {
  const command = memberOf(memberOf(handler, "exec"), "command");
  return Array.isArray(command) ? command.filter((part) => typeof part === "string") : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}

/** As a word: `$DB`, `${DB}`, `$(DB)`, `printenv DB`, but not `DB_HOST`. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1))
    if (!isWord(text[at - 1]) && !isWord(text[at + name.length])) return true;
  return false;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}
