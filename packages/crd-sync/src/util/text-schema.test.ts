import { expect, it } from "vitest";
import { EXTERNAL_SECRET_SCHEMA } from "../external-secret/external-secret-schema.js";
import { EXTERNAL_STORE_SCHEMA } from "../external-stores/external-store-schema.js";

/** Places of texts, and whether each is bounded. */
function textsIn(part: unknown, place: string): [place: string, isBounded: boolean][] {
  if (typeof part !== "object" || part === null) return [];
  const own = "type" in part && part.type === "string";
  return [
    ...(own ? [[place, "maxLength" in part] as [string, boolean]] : []),
    ...Object.entries(part).flatMap(([name, inner]) => textsIn(inner, `${place}.${name}`)),
  ];
}

it.each([
  ["ExternalSecrets", EXTERNAL_SECRET_SCHEMA],
  ["their stores", EXTERNAL_STORE_SCHEMA],
])("every text of %s is bounded", (_, schema) => {
  const texts = textsIn(schema, "spec");
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter(([, isBounded]) => !isBounded)).toEqual([]);
});
