import { SecretValue, SluiceError } from "@sluice/core";
import type { SyncTemplate, SyncTemplateEntry } from "@sluice/kubernetes/syncs";
import { formatVariables } from "@sluice/templates";
import {
  type GoTemplate,
  parseGoTemplate,
  renderGoTemplate,
  type TemplateSource,
} from "@sluice/templates/go";
import { SyncFailure } from "../source/sync-failure.js";
import type { OutputSpec, SyncedValues } from "../source/sync-spec.js";

/** Nothing else runs while a template is evaluated, so it may not take long. */
const LIMITS = { maxMilliseconds: 500 } as const;

export interface ShapeOptions {
  /** What else functions of Go templates are called. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Where the templates stand, for people; `template.data` by default. */
  readonly place?: string;
}

/**
 * Makes texts of values, as `template` says. A Go template sees each value under its key; one that is not text it
 * does not see. It is parsed here.
 *
 * @throws {TemplateError} when a template is malformed.
 */
export function shapeTemplate(
  { keepValues = false, data }: SyncTemplate,
  { aliases = {}, place = "template.data" }: ShapeOptions = {},
): NonNullable<OutputSpec["shape"]> {
  const entries = data.map((entry) => ({ entry, template: parsed(entry, aliases) }));
  return async (values, signal) => {
    const texts = textsOf(values);
    const shaped = new Map(keepValues ? values : []);
    for (const { entry, template } of entries) {
      try {
        shaped.set(
          entry.key,
          template === undefined ? formatted(entry, texts) : await rendered(template, texts, signal),
        );
      } catch (thrown) {
        signal.throwIfAborted();
        if (!SluiceError.isInstance(thrown)) throw thrown;
        throw new SyncFailure("TemplateFailed", `${place} ${entry.key}: ${thrown.message}`);
      }
    }
    return shaped;
  };
}

function parsed(
  { key, text }: SyncTemplateEntry,
  aliases: Readonly<Record<string, string>>,
): GoTemplate | undefined {
  return text === undefined ? undefined : parseGoTemplate(key, text, { aliases });
}

async function rendered(
  template: GoTemplate,
  texts: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<SecretValue> {
  const data = Object.fromEntries(texts);
  const bytes = await renderGoTemplate(template, {
    source: NOTHING,
    data,
    missingKey: "error",
    signal,
    limits: LIMITS,
  });
  return SecretValue.fromBytes(bytes);
}

function formatted({ format = "json" }: SyncTemplateEntry, texts: ReadonlyMap<string, string>): SecretValue {
  const variables = Array.from(texts, ([name, text]) => ({ name, value: text }));
  return SecretValue.fromText(formatVariables(format, variables));
}

function textsOf(values: SyncedValues): ReadonlyMap<string, string> {
  return new Map(
    Array.from(values)
      .map(([key, value]) => [key, value.textOrUndefined()] as const)
      .filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** What is read stands in the `SecretSync`, where access lists are held against it. */
const NOTHING: TemplateSource = {
  readSecret: () => {
    throw new SyncFailure(
      "TemplateFailed",
      "A template cannot read secrets: name them in data, extract or find",
    );
  },
};
