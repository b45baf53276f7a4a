import { SecretValue } from "@sluice/core";
import { jsonField } from "./json-field.js";
import { type ObjectProperties, recordOf } from "./object-properties.js";
import type { Stored } from "./stored.js";

/** A secret: whole as it is, its fields those of a JSON object. */
export function secretView(text: string, properties: ObjectProperties): Stored {
  return {
    record: recordOf(properties),
    whole: () => SecretValue.fromText(text),
    field: (name) => jsonField(text, properties.contentType, name),
  };
}
