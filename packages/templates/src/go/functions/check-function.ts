import { closestName } from "@sluice/core";
import { TemplateProblem } from "../template-problem.js";
import { FUNCTIONS } from "./function-table.js";
import { refusal } from "./refused-functions.js";

/** @throws {TemplateProblem} when there is no such function, or it is refused, with what to do instead. */
export function checkFunction(name: string, offset: number): void {
  if (Object.hasOwn(FUNCTIONS, name)) return;
  const refused = refusal(name);
  if (refused !== undefined)
    throw new TemplateProblem(
      `function ${JSON.stringify(name)} is refused: ${refused.why}`,
      refused.instead,
      offset,
    );
  const close = closestName(name, Object.keys(FUNCTIONS));
  throw new TemplateProblem(
    `function ${JSON.stringify(name)} is not defined`,
    close === undefined ? undefined : `Did you mean ${close}?`,
    offset,
  );
}
