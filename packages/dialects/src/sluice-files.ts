import { parseReference, parseTemplate, ReferenceSyntaxError } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";
import type { ContainerKind } from "@sluice/core/pod";
import { ENTRY_FORMATS, type EntryFormat, type PlannedContent, type PlannedFile } from "@sluice/core/plan";

/** What the annotations of a pod ask for as files. */
export interface AnnotatedFiles {
  readonly files: readonly Omit<PlannedFile, "owner">[];
  readonly problems: readonly DialectProblem[];
}

/** A container that may be given files. */
export interface FileReader {
  readonly name: string;
  readonly kind: ContainerKind;
}

/** Begins the annotation with what is in a file; the file's name follows. */
const FILE_ANNOTATION = "sluice.dev/file.";

/** Folder of files whose path is not said. */
const FILE_FOLDER = "/secrets";

/** `sluice.dev/file-WHAT.NAME`: what else can be said of file NAME. */
const DETAILS = [
  "format",
  "path",
  "mode",
  "store",
  "password",
  "alias",
  "part",
  "missing-key",
  "containers",
] as const;

type Details = Readonly<Partial<Record<(typeof DETAILS)[number], string>>>;

const FORMATS: readonly string[] = [...ENTRY_FORMATS, "raw", "directory", "pem", "pkcs12", "go-template"];

/**
 * Reads `sluice.dev/file.NAME` and what goes with it. A name that goes with no file, or a format that is none, is a problem:
 * an app would miss its file.
 *
 * @param optional - Whether secrets that do not exist are left out.
 * @param reader - Whose files alone are wanted; all by default.
 */
export function readFileAnnotations(
  annotations: Readonly<Record<string, string>>,
  optional: boolean,
  reader?: FileReader,
): AnnotatedFiles {
  const names = Object.keys(annotations)
    .filter((key) => key.startsWith(FILE_ANNOTATION))
    .map((key) => key.slice(FILE_ANNOTATION.length))
    .sort((a, b) => (a < b ? -1 : 1));
  const files: Omit<PlannedFile, "owner">[] = [];
  // Told of once, whoever else is given files.
  const problems =
    reader === undefined || reader.kind === "app" ? strayDetails(annotations, new Set(names)) : [];
  for (const name of names) {
    const containers = annotations[`sluice.dev/file-containers.${name}`];
    if (reader !== undefined && !isFor(reader, containers)) continue;
    if (reader?.kind === "ephemeral") {
      problems.push(
        wrong(`file-containers.${name}`, `names ${reader.name}, which is added to a pod that exists`, LATE),
      );
      continue;
    }
    const read = readFile(name, annotations, optional);
    if ("path" in read) files.push(read);
    else problems.push(read);
  }
  return { files, problems };
}

const LATE = "Debug a copy of the pod (kubectl debug --copy-to), or leave it out";

/** App containers find every file, unless it says for whom it is: then those, of whatever kind. */
function isFor({ name, kind }: FileReader, containers: string | undefined): boolean {
  return containers === undefined ? kind === "app" : namesIn(containers).includes(name);
}

/** Names of containers that annotations for files list. */
export function fileReaders(annotations: Readonly<Record<string, string>>): string[] {
  return Object.entries(annotations).flatMap(([key, list]) =>
    key.startsWith("sluice.dev/file-containers.") ? namesIn(list) : [],
  );
}

function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function readFile(
  name: string,
  annotations: Readonly<Record<string, string>>,
  optional: boolean,
): Omit<PlannedFile, "owner"> | DialectProblem {
  const text = annotations[FILE_ANNOTATION + name] ?? "";
  const details: Details = Object.fromEntries(
    DETAILS.map((detail) => [detail, annotations[`sluice.dev/file-${detail}.${name}`]]),
  );
  const content = contentOf(name, text, details, optional);
  if ("problem" in content) return content;
  const { path = `${FILE_FOLDER}/${name}`, mode } = details;
  if (!path.startsWith("/")) return wrong(`file-path.${name}`, "is no absolute path", "Begin it with /");
  if (mode !== undefined && !/^0?[0-7]{3}$/.test(mode))
    return wrong(`file-mode.${name}`, "is not three octal digits", 'Write "0440" or the like');
  return {
    path,
    content,
    ...(mode !== undefined && { mode }),
    ...(optional && { optional }),
  };
}

function contentOf(
  name: string,
  text: string,
  details: Details,
  optional: boolean,
): PlannedContent | DialectProblem {
  const { format = "raw", password, alias, part, store } = details;
  if (!FORMATS.includes(format))
    return wrong(`file-format.${name}`, "is not a format", `Known are ${FORMATS.join(", ")}`);
  if (format === "go-template") {
    if (store === undefined)
      return wrong(`file.${name}`, "is a template without a store", `Add sluice.dev/file-store.${name}`);
    const missingKey = details["missing-key"];
    if (missingKey !== undefined && !isMissingKey(missingKey))
      return wrong(`file-missing-key.${name}`, "is none of zero, error and default", "Write one of them");
    return { format, template: text, store, ...(missingKey !== undefined && { missingKey }) };
  }
  const malformed = templateProblem(name, format === "raw" || format === "pem" ? [text] : [password ?? ""]);
  if (malformed !== undefined) return malformed;
  if (format === "raw") return { format, text };
  if (format === "pem") {
    if (part !== undefined && part !== "bundle" && part !== "certificates" && part !== "key")
      return wrong(`file-part.${name}`, "is none of bundle, certificates and key", "Write one of them");
    return { format, text, ...(part !== undefined && { part }) };
  }
  if (format === "pkcs12") {
    if (password === undefined)
      return wrong(`file.${name}`, "has no password", `Add sluice.dev/file-password.${name}, a reference`);
    return templateProblem(name, [text]) ?? { format, text, password, ...(alias !== undefined && { alias }) };
  }
  return entriesOf(name, format as EntryFormat | "directory", text, optional);
}

/** `NAME=TEXT` a line, and references alone, whose every field becomes an entry. */
function entriesOf(
  name: string,
  format: EntryFormat | "directory",
  text: string,
  isOptional: boolean,
): PlannedContent | DialectProblem {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  // Whatever a name is, `__proto__` too.
  const entries = new Map<string, string>();
  const spread: { readonly from: string; readonly optional?: boolean }[] = [];
  for (const line of lines) {
    const equals = line.indexOf("=");
    if (line.startsWith("secret://")) {
      const malformed = spreadProblem(name, line);
      if (malformed !== undefined) return malformed;
      spread.push({ from: line, ...(isOptional && { optional: true }) });
    } else if (equals > 0) {
      const value = line.slice(equals + 1).trim();
      const malformed = templateProblem(name, [value]);
      if (malformed !== undefined) return malformed;
      entries.set(line.slice(0, equals).trim(), value);
    } else return wrong(`file.${name}`, "has a line that is neither NAME=TEXT nor a reference", "Correct it");
  }
  return {
    format,
    ...(spread.length > 0 && { spread }),
    ...(entries.size > 0 && { entries: Object.fromEntries(entries) }),
    ...(isOptional && entries.size > 0 && { optional: Array.from(entries.keys()) }),
  };
}

function spreadProblem(name: string, text: string): DialectProblem | undefined {
  try {
    const { key, decode } = parseReference(text);
    if (key === undefined && decode === undefined) return undefined;
    return wrong(
      `file.${name}`,
      "names one field of a secret where all are taken",
      "Write NAME=secret://STORE/PATH#KEY, or leave #KEY and decode= out",
    );
  } catch (thrown) {
    return malformedReference(name, thrown);
  }
}

function templateProblem(name: string, texts: readonly string[]): DialectProblem | undefined {
  try {
    for (const text of texts) parseTemplate(text);
    return undefined;
  } catch (thrown) {
    return malformedReference(name, thrown);
  }
}

function malformedReference(name: string, thrown: unknown): DialectProblem {
  if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
  return { problem: `Annotation ${FILE_ANNOTATION}${name}: ${thrown.problem}`, remedy: thrown.remedy };
}

/** Annotations that say something of a file that is not asked for, or something that is not known. */
function strayDetails(
  annotations: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
): DialectProblem[] {
  return Object.keys(annotations).flatMap((key): DialectProblem[] => {
    const [, detail = "", name = ""] = /^sluice\.dev\/file-([^.]*)\.?(.*)$/.exec(key) ?? [];
    if (!key.startsWith("sluice.dev/file-")) return [];
    if (!(DETAILS as readonly string[]).includes(detail))
      return [wrong(key.slice("sluice.dev/".length), "is not known", `Known are ${DETAILS.join(", ")}`)];
    return names.has(name)
      ? []
      : [wrong(key.slice("sluice.dev/".length), "names no file", `Add ${FILE_ANNOTATION}${name}`)];
  });
}

function wrong(annotation: string, why: string, remedy: string): DialectProblem {
  return { problem: `Annotation sluice.dev/${annotation} ${why}`, remedy };
}

function isMissingKey(text: string): text is "zero" | "error" | "default" {
  return text === "zero" || text === "error" || text === "default";
}
