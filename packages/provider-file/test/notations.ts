import { formatDotenvEntry, parseDotenv } from "@sluice/core/dotenv";
import { parse, stringify } from "yaml";

export type Entries = Readonly<Record<string, unknown>>;

/** How a document is written without the provider. */
export interface Notation {
  /** The document's name. */
  readonly name: string;
  /** What comes before a label in a path. */
  readonly above: string;
  readonly read: (text: string) => Entries;
  readonly write: (entries: Entries) => string;
  /** A document that holds a text and is malformed. */
  readonly malformed: (text: string) => string;
  /** Whether a secret can have fields that are not the text of a JSON object. */
  readonly fields?: true;
  readonly bytes?: true;
  /** Whether names beyond ASCII are possible. */
  readonly anyName?: true;
}

const YAML = { customTags: ["binary" as const], defaultStringType: "QUOTE_DOUBLE" as const, lineWidth: 0 };

export const DOTENV: Notation = {
  name: "secrets.env",
  above: "",
  read: (text) => Object.fromEntries(parseDotenv(text).map(({ name, value }) => [name, value])),
  write: (entries) =>
    Object.entries(entries)
      .map(([name, value]) => `${formatDotenvEntry(name, String(value))}\n`)
      .join(""),
  malformed: (text) => `A="${text}`,
};

export const JSON_FILE: Notation = {
  name: "secrets.json",
  above: "tests/",
  read: (text) => (JSON.parse(text) as { tests?: Entries }).tests ?? {},
  write: (entries) => JSON.stringify({ tests: entries }),
  malformed: (text) => `{"a": ${JSON.stringify(text)}`,
  fields: true,
  anyName: true,
};

export const YAML_FILE: Notation = {
  name: "secrets.yaml",
  above: "tests/",
  read: (text) => (parse(text, YAML) as { tests?: Entries }).tests ?? {},
  write: (entries) => stringify({ tests: entries }, YAML),
  malformed: (text) => `a: "${text}`,
  fields: true,
  bytes: true,
  anyName: true,
};
