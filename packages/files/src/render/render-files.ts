import { ResolutionError, type ResolutionFailure } from "@sluice/core";
import type { FilesPlan, PlannedFile } from "@sluice/core/plan";
import { areMissing, type EntryFault } from "./fill-entries.js";
import { fillContent } from "./fill-content.js";
import { filesReferences } from "./files-references.js";
import type { RenderedFile, RenderedFiles } from "./rendered-file.js";
import type { RenderOptions } from "./render-options.js";
import { type SecretReader, SecretReads } from "./secret-reads.js";

/**
 * Makes the files of a plan: what is certain to be needed is read in one request. All or nothing: of a file that is
 * `optional`, only a secret that does not exist may be missing, and then the file is left out.
 *
 * @throws ResolutionError that lists every failure, by file and entry, with its reference, why and what to do.
 * @throws the reason of the request's signal when it aborts.
 */
export async function renderFiles(
  plan: Pick<FilesPlan, "roots" | "files">,
  reader: SecretReader,
  options: RenderOptions = {},
): Promise<RenderedFiles> {
  const reads = new SecretReads(reader, options.request ?? {});
  await reads.fetch(filesReferences(plan).certain);
  const files: RenderedFile[] = [];
  const failures: ResolutionFailure[] = [];
  for (const planned of plan.files) {
    const { contents, faults } = await fillContent(planned, reads, options);
    if (faults.length === 0)
      files.push(...contents.map(([path, content]) => ({ path, content, ...attributesOf(planned) })));
    else if (planned.optional !== true || !areMissing(faults))
      failures.push(...faults.map((fault) => failureOf(planned, fault)));
  }
  if (failures.length > 0) throw new ResolutionError(failures);
  return { roots: plan.roots, files, delivered: reads.delivered };
}

function failureOf({ path }: PlannedFile, { entry, ...fault }: EntryFault): ResolutionFailure {
  return { ...fault, label: entry === undefined ? path : `${path} (${entry})` };
}

/** A file for one user is for nobody else; a file for a group can be read by it. */
function attributesOf({ mode, owner }: PlannedFile): Pick<RenderedFile, "mode" | "owner"> {
  const isForGroup = owner?.gid !== undefined && owner.uid === undefined;
  return {
    mode: mode === undefined ? (isForGroup ? 0o440 : 0o400) : Number.parseInt(mode, 8),
    ...(owner !== undefined && { owner }),
  };
}
