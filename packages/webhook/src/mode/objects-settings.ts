import { readCheckedYaml } from "@sluice/config";
import type { JsonSchema } from "@sluice/core";
import { type Dialect, type DialectDefinition, loadDialect } from "@sluice/core/dialect";
import type { ModeContext } from "@sluice/mode";
import { readTextFile } from "@sluice/mode/stores";
import type { ObjectRule } from "../objects/object-policy.js";
import { dialectSections } from "./settings-file.js";

/** What `sluice objects` goes by. */
export interface ObjectsSettings {
  readonly policy: readonly ObjectRule[];
  readonly dialects: readonly Dialect[];
  /** What the file says, from which both come. */
  readonly file: SettingsFile;
}

interface SettingsFile {
  readonly policy: readonly ObjectRule[];
  readonly dialects?: readonly string[];
}

const PATTERNS = { type: "array", minItems: 1, items: { type: "string", minLength: 1 } } as const;

const schemaOf = (dialects: readonly DialectDefinition[]): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  additionalProperties: false,
  required: ["policy"],
  properties: {
    policy: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["namespaces", "resources"],
        properties: {
          namespaces: PATTERNS,
          resources: PATTERNS,
          serviceAccount: { type: "string", minLength: 1 },
        },
      },
    },
    dialects: { type: "array", minItems: 1, items: { enum: dialects.map(({ name }) => name) } },
    ...dialectSections(dialects),
  },
});

/** @throws ConfigError, with the line of what is wrong */
export async function readObjectsSettings(
  { directory, dialects }: Pick<ModeContext, "directory" | "dialects">,
  file: string,
): Promise<ObjectsSettings> {
  const text = await readTextFile(directory, file, `The settings file ${file}`);
  const loaded = await Promise.all(dialects.map(loadDialect));
  // Notations of single texts; the others are about whole pods.
  const known = loaded.filter(({ readsObjects }) => readsObjects === true);
  const settings = (await readCheckedYaml(file, text, schemaOf(known))) as SettingsFile;
  const names = settings.dialects ?? known.map(({ name }) => name);
  const read = names.flatMap((name) => known.filter((each) => each.name === name));
  return {
    policy: settings.policy,
    file: settings,
    dialects: read.map((each) => each.create({ ...settings })),
  };
}
