import type { DialectProblem } from "@sluice/core/dialect";
import type { ImageCommand } from "@sluice/core/mutation";
import type { Container, Pod } from "@sluice/core/pod";
import { listed } from "./selected-containers.js";

/** Annotation with a container's command as a JSON list, where neither the pod nor a registry tells it. */
export const COMMAND_ANNOTATION = "sluice.dev/command-";

/** Tells what a container without a command of its own starts. */
export interface ContainerCommands {
  /** What its image says, or why that cannot be told. */
  commandOf(
    container: Container,
    pod: Pod,
    namespace: string,
    signal: AbortSignal,
  ): Promise<ImageCommand | DialectProblem>;
}

/** Knows nothing of images: a container's command has to stand in the pod. */
export const statedCommandsOnly: ContainerCommands = {
  commandOf: async ({ name }) => ({
    problem: `Container "${name}" has no command, so the launcher cannot tell what to start`,
    remedy: `State its command in the pod, or as a JSON list in the annotation ${COMMAND_ANNOTATION}${name}`,
  }),
};

/** What an annotation says a container starts; `undefined` where there is none. */
export function statedCommand(
  { metadata }: Pod,
  container: string,
): ImageCommand | DialectProblem | undefined {
  const text = metadata?.annotations?.[COMMAND_ANNOTATION + container];
  if (text === undefined) return undefined;
  const command = parseList(text);
  if (command !== undefined && command.length > 0 && command[0] !== "")
    return { entrypoint: command, cmd: [] };
  return {
    problem: `Annotation ${COMMAND_ANNOTATION}${container} is no JSON list of strings`,
    remedy: 'Write it as ["/entry", "argument"]',
  };
}

/** Annotations that state a command nobody asks for. */
export function statedCommandProblems({ metadata }: Pod, names: ReadonlySet<string>): DialectProblem[] {
  return Object.keys(metadata?.annotations ?? {}).flatMap((annotation): DialectProblem[] => {
    if (!annotation.startsWith(COMMAND_ANNOTATION)) return [];
    if (names.has(annotation.slice(COMMAND_ANNOTATION.length))) return [];
    return [
      {
        problem: `Annotation ${annotation} names a container that the pod does not have`,
        remedy: `It has: ${listed(names)}`,
      },
    ];
  });
}

function parseList(text: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((part) => typeof part === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}
