import { parseTemplate, ReferenceSyntaxError, type SecretReference } from "@sluice/core";
import { type FilesPlan, type PlannedContent, type PlannedFile, planReferences } from "@sluice/core/plan";
import { parseGoTemplate, staticReads, TemplateError } from "@sluice/templates/go";
import { templateReference } from "./reference-source.js";

/** What a file is known to read before anything is read. */
export interface FileReferences {
  /** Read in any case. */
  readonly certain: readonly SecretReference[];
  /** Read if a template takes a branch. */
  readonly possible: readonly SecretReference[];
  /** Whether a template reads what only its rendering can tell, or does more than read: then the two lists are not all. */
  readonly hasMore: boolean;
}

/** What one file reads. Malformed references and templates name nothing; rendering tells of them. */
export function fileReferences({ path, content }: PlannedFile): FileReferences {
  if (content.format === "go-template") return templateReferences(path, content);
  return { certain: referencesOf(content), possible: [], hasMore: false };
}

/** What all files of a plan read. */
export function filesReferences({ files }: Pick<FilesPlan, "files">): FileReferences {
  const each = files.map(fileReferences);
  return {
    certain: each.flatMap(({ certain }) => certain),
    possible: each.flatMap(({ possible }) => possible),
    hasMore: each.some(({ hasMore }) => hasMore),
  };
}

/** Every text of a content that may hold references. */
function textsOf(content: Exclude<PlannedContent, { readonly format: "go-template" | "environment" }>) {
  switch (content.format) {
    case "raw":
    case "pem":
      return [content.text];
    case "pkcs12":
      return [content.text, content.password];
    default:
      return [...(content.spread ?? []).map(({ from }) => from), ...Object.values(content.entries ?? {})];
  }
}

function referencesOf(
  content: Exclude<PlannedContent, { readonly format: "go-template" }>,
): SecretReference[] {
  if (content.format === "environment")
    return unlessMalformed(() => Array.from(planReferences(content.plan).values()));
  return textsOf(content).flatMap((text) =>
    unlessMalformed(() => parseTemplate(text).filter((part) => typeof part !== "string")),
  );
}

function templateReferences(
  path: string,
  { template, store, delimiters }: Extract<PlannedContent, { readonly format: "go-template" }>,
): FileReferences {
  const nothing = { certain: [], possible: [], hasComputed: false };
  const { certain, possible, hasComputed } = unlessMalformed(
    () => staticReads(parseGoTemplate(path, template, { delimiters })),
    nothing,
  );
  const references = (requests: typeof certain): SecretReference[] =>
    requests.flatMap(({ kind, path: wanted }) => {
      const reference = kind === "read" ? templateReference(store, wanted) : undefined;
      return reference === undefined || "status" in reference ? [] : [reference];
    });
  return {
    certain: references(certain),
    possible: references(possible),
    hasMore: hasComputed || [...certain, ...possible].some(({ kind }) => kind !== "read"),
  };
}

function unlessMalformed<Result>(work: () => Result, otherwise: Result = [] as Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (ReferenceSyntaxError.isInstance(thrown) || TemplateError.isInstance(thrown)) return otherwise;
    throw thrown;
  }
}
