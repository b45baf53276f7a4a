import { hasReferenceSyntax } from "@sluice/core";
import type { ContainerReading, DialectProblem } from "@sluice/core/dialect";
import { type Container, expandVariables } from "@sluice/core/pod";

/**
 * Arguments that would hold a secret: the kubelet puts variables into them before anything is started, and
 * whoever may list processes reads them.
 */
export function argumentProblems(
  { command = [], args = [] }: Container,
  { env }: ContainerReading,
): DialectProblem[] {
  return [...command, ...args].flatMap((text): DialectProblem[] => {
    if (hasReferenceSyntax(text))
      return [
        {
          problem: "an argument holds a reference, and arguments are readable for whoever may list processes",
          remedy: "Put the reference into a variable",
        },
      ];
    if (!text.includes("$(")) return [];
    const used = expandVariables(text, (name) => Object.hasOwn(env, name)).find(
      (part) => typeof part !== "string",
    );
    if (typeof used !== "object") return [];
    return [
      {
        problem: `an argument is made from $(${used.name}), which holds a secret`,
        remedy: `Let the program read the variable, or start it by a shell that does: sh -c 'exec PROGRAM "$${used.name}"'`,
      },
    ];
  });
}
