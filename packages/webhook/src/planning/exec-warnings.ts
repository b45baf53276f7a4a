import type { ContainerReading } from "@sluice/core/dialect";
import type { Container } from "@sluice/core/pod";
import { execCommands } from "./exec-handlers.js";

/**
 * Probes and hooks that run a command in the container and name an injected variable: the node starts them beside
 * the launcher, and the broker answers the start of a container alone, so they see the reference and not the value. Where
 * the environment is in a file, or the pod's agent has it, the launcher stands before them, too.
 */
export function execWarnings(container: Container, reading: Pick<ContainerReading, "env">): string[] {
  return handlersWithSecrets(container, reading).map(
    ([what, used]) =>
      `container "${container.name}": ${what} uses ${used}, and sees its reference there, not its value`,
  );
}

/** Probes and hooks with commands that name an injected variable, each with the first one that it names. */
export function handlersWithSecrets(
  container: Container,
  { env }: Pick<ContainerReading, "env">,
): [what: string, variable: string][] {
  return execCommands(container).flatMap(([what, command]) => {
    const used = Object.keys(env).find((name) => command.some((text) => mentions(text, name)));
    return used === undefined ? [] : [[what, used]];
  });
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
