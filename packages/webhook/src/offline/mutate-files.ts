import { applyOperations } from "./apply-operations.js";
import type { ManifestFile } from "@sluice/mode/manifests";
import type { ReviewedTemplate } from "./review-manifests.js";

/** The files as they would be with all changes made. What nothing changes is printed as it is written. */
export function mutatedText(files: readonly ManifestFile[], reviewed: readonly ReviewedTemplate[]): string {
  for (const { document, template, answer } of reviewed)
    if (answer.allowed) applyOperations(document.document, template.path, answer.patch);
  return manifestText(files, reviewed);
}

/** The files with what would change printed as a change would print it, so that the two can be compared. */
export function manifestText(files: readonly ManifestFile[], reviewed: readonly ReviewedTemplate[]): string {
  const changed = new Set<unknown>(
    reviewed.flatMap(({ document, answer }) => (answer.allowed && answer.patch.length > 0 ? [document] : [])),
  );
  const texts = files.map(({ text, documents }) => {
    if (!documents.some((document) => changed.has(document))) return text;
    return documents
      .map((document) =>
        changed.has(document)
          ? document.document.toString({ lineWidth: 0, directives: false })
          : document.text,
      )
      .map(withLineBreak)
      .join("---\n");
  });
  return texts.map(withLineBreak).join("---\n");
}

function withLineBreak(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
