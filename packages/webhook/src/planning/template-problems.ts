import type { DialectProblem } from "@sluice/core/dialect";
import type { PlannedFile } from "@sluice/core/plan";
import { templateProblem } from "@sluice/files";
import { LRUCache } from "lru-cache";

/**
 * What was found of a template is kept, for a pod is read several times before it is there, and a Deployment's pods all have
 * the same ones. Bounded by their text.
 */
const known = new LRUCache<string, { readonly problem?: DialectProblem }>({
  max: 1_000,
  maxSize: 4 * 1024 * 1024,
});

/** Templates that could not be rendered, whatever the stores hold: told when the pod is created, not by an agent in it. */
export function templateProblems(files: readonly Pick<PlannedFile, "path" | "content">[]): DialectProblem[] {
  return files.flatMap((file) => {
    if (file.content.format !== "go-template") return [];
    const { template, delimiters } = file.content;
    const key = JSON.stringify([file.path, delimiters, template]);
    const found = known.get(key) ?? look(file);
    known.set(key, found, { size: key.length });
    return found.problem === undefined ? [] : [found.problem];
  });
}

function look(file: Pick<PlannedFile, "path" | "content">): { readonly problem?: DialectProblem } {
  const error = templateProblem(file);
  return error === undefined ? {} : { problem: { problem: error.problem, remedy: error.remedy } };
}
