import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure } from "../provider/secret-outcome.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { SecretValue } from "../value/secret-value.js";
import { extractValue } from "./extract-value.js";

type Stored = string | Uint8Array | Record<string, string | Uint8Array>;

const valueOf = (stored: string | Uint8Array): SecretValue =>
  typeof stored === "string" ? SecretValue.fromText(stored) : SecretValue.fromBytes(stored);

function extract(stored: Stored, more: Partial<SecretReference> = {}, native = false): string | Failure {
  const value =
    typeof stored === "string" || stored instanceof Uint8Array
      ? valueOf(stored)
      : new Map(Object.entries(stored).map(([name, field]) => [name, valueOf(field)]));
  const extracted = extractValue({ store: "prod", path: "db", ...more }, { value }, native);
  return SecretValue.isInstance(extracted) ? extracted.text() : extracted;
}

const JSON_OBJECT = `{
  "text": "plain", "empty": "", "big": 18446744073709551615, "precise": 0.1000000000000000055511151231257827,
  "exponent": 1E400, "zero": -0, "yes": true, "nothing": null, "__proto__": "p",
  "nested": { "n": 12345678901234567890, "s": "a\\"b", "l": [1.0, null] }, "é": "accent"
}`;

describe("a field of a JSON object", () => {
  it.each([
    ["text", "plain"],
    ["empty", ""],
    ["big", "18446744073709551615"],
    ["precise", "0.1000000000000000055511151231257827"],
    ["exponent", "1E400"],
    ["zero", "-0"],
    ["yes", "true"],
    ["__proto__", "p"],
    ["nested", '{"n":12345678901234567890,"s":"a\\"b","l":[1.0,null]}'],
    ["é", "accent"],
  ])("%s is %s", (key, text) => {
    expect(extract(JSON_OBJECT, { key })).toBe(text);
  });

  it("is a failure where it is null or missing", () => {
    expect(extract(JSON_OBJECT, { key: "nothing" })).toMatchObject({
      status: "invalid",
      reason: "field-null",
      message: 'has null in its field "nothing"',
    });
    expect(extract(JSON_OBJECT, { key: "txet" })).toMatchObject({
      status: "not-found",
      reason: "field-missing",
      message: 'has no field "txet"',
      remedy: 'Did you mean "text"?',
    });
    expect(extract('{"a":1,"b":2}', { key: "toString" })).toMatchObject({ remedy: "Its fields are: a, b" });
    expect(extract("{}", { key: "a" })).toMatchObject({ remedy: "Its fields are: none" });
  });

  it("lists not more fields than one can read", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field-${index}`, "x"]));
    const failure = extract(many, { key: "unlike-any-of-them" }) as Failure;
    expect(failure.remedy).toMatch(/^Its fields are: field-0, .*field-9 and 990 more$/);
  });

  it.each([
    "hunter2",
    "[1]",
    "123",
    '"text"',
    "null",
    "true",
    "",
    "{",
    '{"a":hunter2}',
    "\ufeff{}",
    "[".repeat(20_000),
  ])("is a failure where the secret is no JSON object: %j", (stored) => {
    const failure = extract(stored, { key: "rawJSON" });
    expect(failure).toMatchObject({ status: "invalid", reason: "not-an-object" });
    expect(JSON.stringify(failure)).not.toContain("hunter");
  });

  it("is a failure where the secret is not text, or nested without end", () => {
    expect(extract(Uint8Array.of(0x7b, 0xff, 0x7d), { key: "a" })).toMatchObject({ reason: "not-an-object" });
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(extract(deep, { key: "a" })).toMatchObject({ reason: "not-an-object" });
  });

  it("is what JSON.parse says, for any object of texts", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { minKeys: 1 }), (fields) => {
        for (const [key, text] of Object.entries(fields))
          expect(extract(JSON.stringify(fields), { key })).toBe(text);
      }),
    );
  });

  it("costs one parse for a thousand references to one secret", () => {
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, `v${index}`]));
    const record = { value: SecretValue.fromText(JSON.stringify(fields)) };
    const start = performance.now();
    for (const key of Object.keys(fields)) extractValue({ store: "prod", path: "db", key }, record, false);
    expect(performance.now() - start).toBeLessThan(250);
  });
});

describe("a record of named values", () => {
  const record = { user: "u", password: "p", blob: Uint8Array.of(0xff) };

  it("gives its fields as they are", () => {
    expect(extract(record, { key: "user" })).toBe("u");
    expect(extract({ user: '{"a":1}' }, { key: "user" })).toBe('{"a":1}');
    expect(extract(record, { key: "usr" })).toMatchObject({ remedy: 'Did you mean "user"?' });
  });

  it("is a JSON object as a whole, if all of it is text", () => {
    expect(extract({ user: "u", password: 'p"' })).toBe('{"user":"u","password":"p\\""}');
    expect(extract({})).toBe("{}");
    expect(extract(record)).toMatchObject({
      status: "invalid",
      reason: "field-not-text",
      message: 'cannot be read as a whole: its field "blob" is not text',
    });
  });
});

describe("a secret as a whole", () => {
  it("is not looked into", () => {
    expect(extract("hunter2")).toBe("hunter2");
    expect(extract('{ "a":1 }')).toBe('{ "a":1 }');
  });
});

describe("a field that the provider selected itself", () => {
  it("is taken as it is, or out of a record", () => {
    expect(extract('{"a":1}', { key: "x" }, true)).toBe('{"a":1}');
    expect(extract({ x: "1", y: "2" }, { key: "y" }, true)).toBe("2");
  });
});

describe("decodings", () => {
  it.each<[SecretReference["decode"], string, string]>([
    [["base64"], "YWJj", "abc"],
    [["base64"], "YWI=", "ab"],
    [["base64"], "YWI", "ab"],
    [["base64"], " YW\r\n Jj\n", "abc"],
    [["base64"], "", ""],
    [["base64"], "w7/Dvw==", "ÿÿ"],
    [["base64url"], "w7_Dvw", "ÿÿ"],
    [["base64url"], "w7_Dvw==", "ÿÿ"],
    [["hex"], "61 62\n63", "abc"],
    [["hex"], "C3bf", "ÿ"],
    [["trim"], " \t a b \n", "a b"],
    [["username"], "user:pass:word", "user"],
    [["password"], "user:pass:word", "pass:word"],
    [["password"], ":", ""],
    [["trim", "base64", "trim"], ` ${Buffer.from(" a ").toString("base64")} `, "a"],
    [["base64", "base64"], Buffer.from(Buffer.from("a").toString("base64")).toString("base64"), "a"],
    [[], " a ", " a "],
    [["encode-base64"], "abÿ", "YWLDvw=="],
    [["base64", "encode-base64"], "w7/Dvw==", "w7/Dvw=="],
    [["upper"], "aß ǆ1", "Aß Ǆ1"],
    [["lower"], "AΣİ", "aσİ"],
    [["quote"], 'a"\\\n\u0001\u007f é\u200b\u{10ffff}', String.raw`"a\"\\\n\x01\x7f é\u200b\U0010ffff"`],
    [["urlquery"], "a b/ü!'()*-_.~", "a+b%2F%C3%BC%21%27%28%29%2A-_.~"],
    [["trim", "encode-base64", "lower"], " a ", "yq=="],
  ])("%j of %j is %j", (decode = [], stored, text) => {
    expect(extract(stored, { decode })).toBe(text);
  });

  it.each<[NonNullable<SecretReference["decode"]>[number], string]>([
    ["base64", "hunter2!"],
    ["base64", "YWJjZ"],
    ["base64", "Y"],
    ["base64", "YW=Jj"],
    ["base64", "YWJj="],
    ["base64", "YWI=="],
    ["base64", "w7_Dvw=="],
    ["base64url", "w7/Dvw=="],
    ["hex", "616"],
    ["hex", "6g"],
    ["hex", "0x61"],
  ])("%s refuses %j", (decoding, stored) => {
    const failure = extract(stored, { decode: [decoding] });
    expect(failure).toMatchObject({
      status: "invalid",
      reason: "not-decodable",
      message: `cannot be decoded as ${decoding}`,
    });
    expect(JSON.stringify(failure)).not.toContain("hunter");
  });

  it("refuse what is not text", () => {
    for (const decoding of ["base64", "hex", "trim"] as const)
      expect(extract(Uint8Array.of(0xff), { decode: [decoding] })).toMatchObject({ reason: "not-decodable" });
  });

  it("give back any bytes that were so encoded", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("base64", "base64url", "hex"), (bytes, decoding) => {
        const value = SecretValue.fromText(Buffer.from(bytes).toString(decoding));
        const decoded = extractValue({ store: "prod", path: "db", decode: [decoding] }, { value }, false);
        expect(SecretValue.isInstance(decoded) && decoded.bytes()).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it("take time in proportion to the value", () => {
    const start = performance.now();
    for (const decoding of ["base64", "base64url", "hex", "trim"] as const)
      for (const hostile of [`${" ".repeat(300_000)}!`, `${"a".repeat(300_000)}!`, "=".repeat(300_000)])
        extract(hostile, { decode: [decoding] });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
