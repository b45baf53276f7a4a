import { readFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { describeConformance, SECTIONS } from "../src/index.js";
import { memorySubject } from "./reference/memory-subject.js";

const whole = await describeConformance({ describe, test }, () => memorySubject());
const fielded = await describeConformance({ describe, test }, () => memorySubject({ field: "value" }));

it("leaves nothing out on a provider with everything", () => {
  expect(whole).toEqual([]);
  expect(fielded).toEqual([]);
});

it("requires what the specification says, in its words", async () => {
  const text = await readFile(new URL("../../../docs/spec/provider-v1.md", import.meta.url), "utf8");
  const stated = Array.from(
    text.matchAll(/^- \*\*(\d+\.\d+)\*\* (.+(?:\n {2}.+)*)/gm),
    ([, id, title = ""]) => [id, title.replaceAll(/\n */g, " ")],
  );
  const required = SECTIONS.flatMap(({ requirements }) => requirements.map(({ id, title }) => [id, title]));
  expect(required).toEqual(stated);
});
