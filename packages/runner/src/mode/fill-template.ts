import { text } from "node:stream/consumers";
import {
  formatReference,
  parseEmbedded,
  ReferenceSyntaxError,
  type RequestOptions,
  ResolutionError,
  type ResolutionFailure,
  type SecretResolver,
} from "@sluice/core";
import { readTextFile } from "@sluice/mode/stores";

export interface Template {
  /** As messages show it. */
  readonly name: string;
  readonly text: string;
}

/** Reads a template from a file or, for `-`, standard input. Throws a configuration error. */
export async function readTemplate(directory: string, file: string): Promise<Template> {
  if (file === "-") return { name: "standard input", text: await text(process.stdin) };
  return { name: file, text: await readTextFile(directory, file, `The template ${file}`) };
}

/**
 * The template with every reference replaced by its value's bytes.
 *
 * @throws ResolutionError naming the line of each reference that cannot be resolved, malformed ones included.
 */
export async function fillTemplate(
  template: Template,
  resolver: SecretResolver,
  request: RequestOptions,
): Promise<Uint8Array> {
  const parts = parse(template);
  const outcomes = await resolver.settle(
    Object.fromEntries(
      parts.flatMap((part) => (typeof part === "string" ? [] : [[formatReference(part), part]])),
    ),
    request,
  );
  const failures: ResolutionFailure[] = [];
  const chunks = parts.map((part) => {
    if (typeof part === "string") return Buffer.from(part);
    const reference = formatReference(part);
    const outcome = outcomes[reference];
    if (outcome?.status === "found") return outcome.value.bytes();
    if (outcome !== undefined && !failures.some((failure) => failure.reference === reference))
      failures.push({ ...outcome, label: reference, origin: template.name });
    return new Uint8Array();
  });
  if (failures.length > 0) throw new ResolutionError(failures);
  return Buffer.concat(chunks);
}

function parse(template: Template): ReturnType<typeof parseEmbedded> {
  try {
    return parseEmbedded(template.text);
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    const before = template.text.slice(0, thrown.offset + thrown.position).split("\n");
    const { input: reference, reason, remedy } = thrown;
    const origin = `${template.name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    const message = `is malformed: ${reason}`;
    throw new ResolutionError([
      {
        label: reference,
        reference,
        origin,
        status: "invalid",
        reason: "malformed-reference",
        message,
        remedy,
      },
    ]);
  }
}
