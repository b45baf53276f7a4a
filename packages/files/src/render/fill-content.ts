import { type SecretValue, SecretValue as Value } from "@sluice/core";
import type { PlannedEntries, PlannedFile, PlannedPkcs12 } from "@sluice/core/plan";
import { type ExportFormat, formatPem, formatPkcs12, formatVariables } from "@sluice/templates";
import { type EntryFault, fillEntries, type FilledEntries } from "./fill-entries.js";
import { fillEnvironment } from "./fill-environment.js";
import { fillTemplate } from "./fill-template.js";
import { fillPlainText, fillText, type Filling, namesIn, NOT_TEXT, writing } from "./filling.js";
import type { RenderOptions } from "./render-options.js";
import type { SecretReads } from "./secret-reads.js";

/** Contents by path: one for a file, as many as there are names for a directory. */
export interface Contents {
  readonly contents: readonly (readonly [path: string, content: SecretValue])[];
  readonly faults: readonly EntryFault[];
}

/** What a planned file comes to. Rejects only with the reason of the request's signal. */
export async function fillContent(
  { path, content }: PlannedFile,
  reads: SecretReads,
  options: RenderOptions,
): Promise<Contents> {
  switch (content.format) {
    case "raw":
      return one(path, fillText(content.text, reads));
    case "pem":
      return one(path, await fillPem(content.text, content.part ?? "bundle", reads));
    case "pkcs12":
      return one(path, await fillPkcs12(content, reads));
    case "go-template":
      return one(path, await fillTemplate(path, content, reads, options));
    case "environment":
      return one(path, await fillEnvironment(content.plan, reads, options));
    case "directory":
      return directoryOf(path, fillEntries(content, reads));
    default:
      return fileOf(path, content, content.format, fillEntries(content, reads));
  }
}

function one(path: string, { result, faults = [] }: Filling<SecretValue, EntryFault>): Contents {
  return { contents: result === undefined ? [] : [[path, result]], faults };
}

async function fillPem(
  text: string,
  part: "bundle" | "certificates" | "key",
  reads: SecretReads,
): Promise<Filling<SecretValue>> {
  const plain = fillPlainText(text, reads);
  if (plain.faults !== undefined) return plain;
  return writing(namesIn(text), () => Value.fromText(formatPem(plain.result, part)));
}

async function fillPkcs12(
  { text, password, alias }: PlannedPkcs12,
  reads: SecretReads,
): Promise<Filling<SecretValue>> {
  const plain = fillPlainText(text, reads);
  const secret = fillPlainText(password, reads);
  if (plain.faults !== undefined || secret.faults !== undefined)
    return { faults: [...(plain.faults ?? []), ...(secret.faults ?? [])] };
  const parts = { text: plain.result, password: secret.result, ...(alias !== undefined && { alias }) };
  return writing(namesIn(text), async () => Value.fromBytes(await formatPkcs12(parts)));
}

async function fileOf(
  path: string,
  planned: PlannedEntries,
  format: ExportFormat,
  { values, faults }: FilledEntries,
): Promise<Contents> {
  const unfit: EntryFault[] = [];
  const variables = Array.from(values).flatMap(([name, value]) => {
    const text = value.textOrUndefined();
    if (text !== undefined) return [{ name, value: text }];
    unfit.push({ ...NOT_TEXT, reference: namesIn(planned.entries?.[name] ?? ""), entry: name });
    return [];
  });
  if (faults.length + unfit.length > 0) return { contents: [], faults: [...faults, ...unfit] };
  return one(path, await writing(format, () => Value.fromText(formatVariables(format, variables))));
}

/** A name that a folder can hold, and that is not the writer's own. */
// oxlint-disable-next-line no-control-regex
const FILE_NAME = /^(?!\.$|\.\.)[^/\u0000-\u001f\u007f]+$/;

function directoryOf(path: string, { values, faults }: FilledEntries): Contents {
  const unfit = Array.from(values.keys())
    .filter((name) => !FILE_NAME.test(name) || Buffer.byteLength(name) > 255)
    .map((name): EntryFault => ({
      entry: name,
      reference: JSON.stringify(name.slice(0, 100)),
      status: "invalid",
      reason: "not-a-file-name",
      message: "cannot be the name of a file",
      remedy: "Rename the field in its store, or name the entries wanted one by one",
    }));
  const contents = Array.from(values, ([name, value]) => [`${path}/${name}`, value] as const);
  return { contents, faults: [...faults, ...unfit] };
}
