import { randomBytes } from "node:crypto";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import type { Trial } from "../harness/trial.js";

const MIB = 1024 * 1024;

const SPACED: Readonly<Record<string, string>> = {
  "with a space before it": " before",
  "with a space after it": "after ",
  "between tabs": "\tboth\t",
  "of spaces": "   ",
  "of two lines": "two\nlines",
  "that ends in a line break": "ended\n",
  "that begins with a line break": "\nbegun",
  "that is a line break": "\n",
  "with the line breaks of Windows": "dos\r\nlines\r\n",
  "that is a carriage return": "\r",
};

const BEYOND_ASCII: Readonly<Record<string, string>> = {
  "in German": "Grüße",
  "with composed and decomposed letters": "Cafe\u0301 is not Café",
  "in Cyrillic": "пароль",
  "in Chinese": "密碼",
  "beyond 16 bits": "🔑 \u{1f468}\u200d\u{1f469}",
  "with the spaces of Unicode": "\u00a0a\u2028b\u200f",
};

/** Section 2: that values come through as they are. */
export const READING_CONTENT: readonly Requirement[] = [
  defineRequirement({
    id: "2.4",
    title: "An empty value MUST be `found` with no bytes, in a store that can hold one.",
    hooks: ["holdsEmpty"],
    test: async (trial) => comeThrough(trial, { "that is empty": "" }),
  }),
  defineRequirement({
    id: "2.5",
    title: "Bytes that are not text MUST come through unchanged, in a store that can hold them.",
    hooks: ["writeBytes"],
    test: async (trial) => {
      const path = trial.subject.path("bytes");
      const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index * 7) % 256);
      await trial.subject.writeBytes(path, bytes);
      trial.expectContent(await trial.probe.read(path), bytes, "a value that is not text");
    },
  }),
  defineRequirement({
    id: "2.6",
    title: "Line breaks and white space around and in a value MUST come through unchanged.",
    test: async (trial) => comeThrough(trial, SPACED),
  }),
  defineRequirement({
    id: "2.7",
    title: "Text beyond ASCII MUST come through unchanged.",
    test: async (trial) => comeThrough(trial, BEYOND_ASCII),
  }),
  defineRequirement({
    id: "2.8",
    title: "A value of 1 MiB, or the largest that the store can hold, MUST come through unchanged.",
    hooks: ["largestBytes"],
    test: async (trial) => {
      const size = Math.min(trial.subject.largestBytes, MIB);
      await comeThrough(trial, {
        "of the largest size": randomBytes(size).toString("base64").slice(0, size),
      });
    },
  }),
];

/** @param texts by what is special about them */
async function comeThrough(trial: Trial, texts: Readonly<Record<string, string>>): Promise<void> {
  const planted: string[] = [];
  for (const text of Object.values(texts))
    planted.push((await trial.plant(`text-${planted.length}`, text)).path);
  const outcomes = await trial.readAll(planted);
  for (const [index, [what, text]] of Object.entries(texts).entries())
    trial.expectContent(outcomes[index], text, `a value ${what}`);
}
