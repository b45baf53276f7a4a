import { type KeesAnnotations, type KeesNotation, readKeesAnnotations } from "@sluice/dialects";
import {
  type ManifestDocument,
  type ManifestFile,
  type ManifestIssue,
  isObject,
  type PodTemplate,
} from "@sluice/mode/manifests";

/** A pod in a manifest. */
export interface PlacedTemplate {
  readonly file: ManifestFile;
  readonly document: ManifestDocument;
  readonly template: PodTemplate;
}

/** What a pod's annotations ask for in the notation of kees, and what about them is wrong. */
export interface KeesOfTemplate {
  readonly annotations: KeesAnnotations;
  readonly issues: readonly ManifestIssue[];
}

export function readKeesTemplate(
  { file, document, template }: PlacedTemplate,
  notation: KeesNotation,
): KeesOfTemplate {
  const metadata = template.pod["metadata"];
  const written = isObject(metadata) && isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  const texts = Object.entries(written).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const annotations = readKeesAnnotations(Object.fromEntries(texts), notation);
  return {
    annotations,
    issues: annotations.problems.map(({ annotation, problem, remedy }) => ({
      file: file.file,
      ...document.position([...template.path, "metadata", "annotations", annotation]),
      problem: `${template.what}: ${problem}`,
      remedy,
    })),
  };
}
