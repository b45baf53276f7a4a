import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReferenceSyntaxError } from "../errors/reference-syntax-error.js";
import { arbitraryReference, referenceText } from "./arbitrary-reference.test-support.js";
import { formatReference } from "./format-reference.js";
import { isReference, isStoreName, parseReference } from "./parse-reference.js";
import { MAX_REFERENCE_LENGTH, type SecretReference } from "./secret-reference.js";

/** What is read, or why not; throws anything else. */
function parsed(input: string, offset?: number): SecretReference | ReferenceSyntaxError {
  try {
    return parseReference(input, offset);
  } catch (thrown) {
    if (ReferenceSyntaxError.isInstance(thrown)) return thrown;
    throw thrown;
  }
}

function errorOf(input: string, offset?: number): ReferenceSyntaxError {
  const error = parsed(input, offset);
  if (!ReferenceSyntaxError.isInstance(error)) throw new Error(`${input} was accepted`);
  return error;
}

describe("parseReference", () => {
  it.each<[string, SecretReference]>([
    ["secret://prod/db", { store: "prod", path: "db" }],
    ["secret://prod/db#url", { store: "prod", path: "db", key: "url" }],
    ["secret://prod/a/b//c", { store: "prod", path: "a/b//c" }],
    ["secret://prod//a", { store: "prod", path: "/a" }],
    ["secret://prod/a:b@c!(d)", { store: "prod", path: "a:b@c!(d)" }],
    ["secret://prod/db?version=7", { store: "prod", path: "db", version: "7" }],
    ["secret://prod/db?label=AWSCURRENT", { store: "prod", path: "db", label: "AWSCURRENT" }],
    [
      "secret://prod/db?decode=base64,trim#a",
      { store: "prod", path: "db", key: "a", decode: ["base64", "trim"] },
    ],
    [
      "secret://prod/db?volatile=true&version=a%26b%3Dc",
      { store: "prod", path: "db", volatile: true, version: "a&b=c" },
    ],
    ["secret://prod/db?version=a=b", { store: "prod", path: "db", version: "a=b" }],
    ["secret://prod/a%7Db%23c%25d%20e", { store: "prod", path: "a}b#c%d e" }],
    ["secret://prod/db#a%23b", { store: "prod", path: "db", key: "a#b" }],
    ["secret://prod/caf%C3%A9/%F0%9F%98%80", { store: "prod", path: "café/😀" }],
    ["secret://prod/café/😀", { store: "prod", path: "café/😀" }],
    ["secret://prod/%2e%2e.", { store: "prod", path: "..." }],
  ])("reads %s", (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each<[string, number, RegExp]>([
    ["secret:/prod/db", 0, /does not begin with secret:\/\//],
    ["", 0, /does not begin/],
    ["secret://", 9, /store's name is missing/],
    ["secret:///db", 9, /store's name is missing/],
    ["secret://Prod/db", 9, /"Prod" is not a store name/],
    ["secret://-prod/db", 9, /not a store name/],
    ["secret://prod%41/db", 9, /not a store name/],
    [`secret://${"a".repeat(64)}/db`, 9, /not a store name/],
    ["secret://prod", 13, /path is missing/],
    ["secret://prod/", 13, /path is missing/],
    ["secret://prod?version=1", 13, /path is missing/],
    ["secret://prod/db#", 16, /key after # is missing/],
    ["secret://prod/db#a#b", 18, /"#" is not percent-encoded in the key/],
    ["secret://prod/db?version=a?b", 26, /"\?" is not percent-encoded in the version/],
    ["secret://prod/d b", 15, /" " is not percent-encoded/],
    ["secret://prod/d}b", 15, /"}" is not percent-encoded/],
    ["secret://prod/db\n", 16, /is not percent-encoded/],
    ["secret://prod/%zz", 14, /two hexadecimal digits in the path/],
    ["secret://prod/ab%4", 16, /two hexadecimal digits/],
    ["secret://prod/ab%ff", 16, /not UTF-8/],
    ["secret://prod/ab\ud800", 14, /lone surrogate/],
    ["secret://prod/ab%00", 14, /control character/],
    ["secret://prod/ab%C2%85", 14, /control character/],
    ["secret://prod/a/../b", 14, /"\.\." segment/],
    ["secret://prod/%2e", 14, /"\." segment/],
    ["secret://prod/db?", 17, /"" is not a parameter/],
    ["secret://prod/db?versoin=1", 17, /"versoin" is not a parameter/],
    ["secret://prod/db?version", 17, /version has no value/],
    ["secret://prod/db?version=", 17, /version has no value/],
    ["secret://prod/db?version=1&version=2", 27, /version is given twice/],
    ["secret://prod/db?version=1&label=x", 17, /exclude each other/],
    ["secret://prod/db?decode=base46", 24, /"base46" is not a decoding/],
    ["secret://prod/db?decode=trim,", 24, /"" is not a decoding/],
    ["secret://prod/db?volatile=yes", 26, /volatile can only be true/],
    [`secret://prod/${"a".repeat(MAX_REFERENCE_LENGTH)}`, MAX_REFERENCE_LENGTH, /longer than 4096/],
  ])("refuses %j and says where", (text, position, reason) => {
    const error = errorOf(text);
    expect(error.message).toMatch(reason);
    expect(error).toMatchObject({ position, offset: 0, code: "SLU1001", kind: "configuration" });
    expect(error.message).toContain(`at character ${position + 1}: `);
    expect(error.message.endsWith(error.remedy)).toBe(true);
  });

  it("suggests what was probably meant", () => {
    expect(errorOf("secret://prod/db?versoin=1").remedy).toBe('Did you mean "version"?');
    expect(errorOf("secret://prod/db?decode=base46").remedy).toBe('Did you mean "base64"?');
    expect(errorOf("secret://prod/db?colour=red").remedy).toBe("Known are: version, label, decode, volatile");
  });

  it("says where in a longer text", () => {
    expect(errorOf("secret://prod", 20).message).toContain("at character 34 of the text");
  });

  it("accepts a reference of the greatest length", () => {
    const start = "secret://prod/";
    const path = "a".repeat(MAX_REFERENCE_LENGTH - start.length);
    expect(parseReference(start + path).path).toBe(path);
  });

  it("reads back what formatReference writes", () => {
    fc.assert(
      fc.property(arbitraryReference, (reference) => {
        const written = formatReference(reference);
        expect(parseReference(written)).toEqual(reference);
        expect(formatReference(parseReference(written))).toBe(written);
        expect(written).toMatch(/^[!-~]+$/);
        expect(written).not.toContain("}");
      }),
    );
  });

  it("throws nothing but a ReferenceSyntaxError that points into its input", () => {
    const pieces = fc.constantFrom(
      "secret://",
      "prod",
      "/",
      "a",
      "?",
      "version=",
      "&",
      "label=1",
      "decode=",
      "#",
      "%",
      "%41",
      "..",
      " ",
      "\ud83d",
      "é",
    );
    const inputs = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => `secret://${text}`),
      fc.string({ unit: "binary" }),
      fc.string({ unit: pieces, maxLength: 12 }),
      fc.string({ unit: pieces, maxLength: 12 }).map((text) => `secret://prod/${text}`),
    );
    fc.assert(
      fc.property(inputs, (input) => {
        const read = parsed(input);
        const { position, input: quoted } = ReferenceSyntaxError.isInstance(read)
          ? read
          : { position: 0, input: "" };
        expect(position).toBeGreaterThanOrEqual(0);
        expect(position).toBeLessThanOrEqual(quoted.length);
        expect(input.startsWith(quoted)).toBe(true);
        const again = ReferenceSyntaxError.isInstance(read) ? read : parsed(formatReference(read));
        expect(again).toEqual(read);
      }),
      { numRuns: 400 },
    );
  });

  it("quotes nothing of what cannot belong to the reference, and nothing of what is none", () => {
    for (const text of [
      "hunter2",
      "secret:/hunter2",
      'secret://prod/db","password":"hunter2"',
      "secret://prod db hunter2/x",
      "secret://prod/db\nhunter2",
    ]) {
      const error = errorOf(text);
      expect(JSON.stringify([error, error.message, error.stack])).not.toContain("hunter2");
    }
  });
});

describe("formatReference", () => {
  it("writes data that breaks the rules so that it is refused, never as another reference", () => {
    const broken: SecretReference[] = [
      { store: "prod/other", path: "db" },
      { store: "", path: "db" },
      { store: "prod", path: "" },
      { store: "prod", path: "../db" },
      { store: "prod", path: "db\ud800" },
      { store: "prod", path: "a\u0000b" },
      { store: "prod", path: "db", key: "" },
      { store: "prod", path: "db", version: "1", label: "x" },
      { store: "prod", path: "db", decode: ["trim&volatile=true" as "trim"] },
    ];
    for (const reference of broken)
      expect(() => parseReference(formatReference(reference))).toThrow(ReferenceSyntaxError);
  });

  it("never changes which secret data names", () => {
    fc.assert(
      fc.property(
        fc.record({ store: referenceText, path: fc.string({ unit: "binary" }), key: fc.string() }),
        (data) => {
          const read = parsed(formatReference(data));
          expect(ReferenceSyntaxError.isInstance(read) ? data : read).toEqual(data);
        },
      ),
    );
  });

  it("leaves out what is not set", () => {
    expect(formatReference({ store: "prod", path: "db", decode: [], volatile: false })).toBe(
      "secret://prod/db",
    );
  });
});

describe("names", () => {
  it("knows a store's name and a reference", () => {
    expect(["a", "a-b", "0", "a".repeat(63)].every(isStoreName)).toBe(true);
    expect(["", "-", "a-", "A", "a_b", "a.b", "a".repeat(64)].some(isStoreName)).toBe(false);
    expect(isReference("secret://")).toBe(true);
    expect(isReference(" secret://prod/db")).toBe(false);
  });
});
