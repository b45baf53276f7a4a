import { SecretValue } from "@sluice/core";
import { multiValueField } from "./multi-value-field.js";
import { type ObjectProperties, recordOf } from "./object-properties.js";
import type { Stored } from "./stored.js";

/** A secret: whole as it is, its fields those of a JSON object or a YAML mapping. */
export function secretView(text: string, properties: ObjectProperties): Stored {
  return {
    record: recordOf(properties),
    whole: () => SecretValue.fromText(text),
    field: async (name) => multiValueField(text, properties.contentType, name),
  };
}
