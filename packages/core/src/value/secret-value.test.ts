// A value is printed here in every way there is, the wrong ones included.
/* oxlint-disable typescript/no-base-to-string, typescript/no-misused-spread, typescript/no-unnecessary-template-expression, typescript/no-unnecessary-type-conversion */
import { format, inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecretValueError } from "../errors/secret-value-error.js";
import type * as Copy from "./secret-value.js";
import { SecretValue } from "./secret-value.js";

const SECRET = "hunter2-äöü";
const value = SecretValue.fromText(SECRET);

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (thrown) {
    return thrown;
  }
}

describe("SecretValue", () => {
  it.each<[string, () => unknown]>([
    ["String()", () => String(value)],
    ["a template literal", () => `${value as unknown as string}`],
    ["concatenation", () => "" + (value as unknown as string)],
    ["arithmetic", () => String(Number(value))],
    ["toLocaleString", () => (value as object).toLocaleString()],
    ["JSON.stringify", () => JSON.stringify({ nested: [value] })],
    ["inspect", () => inspect(value)],
    ["inspect, nested", () => inspect({ a: [{ b: { c: { d: value } } }] }, { depth: null })],
    ["inspect, in a map", () => inspect(new Map([[value, new Set([value])]]), { depth: null })],
    ["inspect, showHidden", () => inspect(value, { showHidden: true, depth: null, getters: true })],
    [
      "inspect, no custom",
      () => inspect(value, { customInspect: false, showHidden: true, depth: null, getters: true }),
    ],
    [
      "inspect of its prototype",
      () => inspect(Object.getPrototypeOf(value), { showHidden: true, getters: false }),
    ],
    ["inspect of a proxy", () => inspect(new Proxy(value, {}), { showProxy: true, depth: null })],
    ["format", () => format("%s %o %O %j %d %i %f", value, value, value, value, value, value, value)],
    ["format without directives", () => format(value, [value])],
    ["an error's cause", () => inspect(new Error("outer", { cause: value }))],
    [
      "an error's property",
      () => inspect(Object.assign(new Error("outer"), { value }), { showHidden: true }),
    ],
    ["an aggregate error", () => inspect(new AggregateError([value], "outer"))],
    ["structuredClone", () => inspect(structuredClone(value), { showHidden: true })],
    ["spread", () => inspect({ ...value }, { showHidden: true })],
    ["Object.assign", () => inspect(Object.assign({}, value), { showHidden: true })],
    ["entries", () => inspect([Object.keys(value), Object.values(value), Object.entries(value)])],
    [
      "own properties",
      () => inspect(Object.getOwnPropertyDescriptors(value), { showHidden: true, depth: null }),
    ],
    [
      "for in",
      () => {
        const seen: string[] = [];
        for (const name in value) seen.push(name);
        return inspect(seen);
      },
    ],
    [
      "thrown",
      () => {
        try {
          throw value as unknown as Error;
        } catch (thrown) {
          return String(thrown);
        }
      },
    ],
  ])("leaks nothing by %s", (_name, print) => {
    const printed = String(print());
    expect(printed).not.toContain("hunter");
    // Nor its bytes, in decimal or hexadecimal.
    expect(printed).not.toMatch(/104,?\s*117,?\s*110/);
    expect(printed).not.toMatch(/68,?\s*75,?\s*6e/);
  });

  it("says that it is a redaction", () => {
    expect([String(value), inspect(value), JSON.stringify(value)]).toEqual([
      "[secret]",
      "[secret]",
      '"[secret]"',
    ]);
    expect(inspect({ password: value })).toBe("{ password: [secret] }");
  });

  it("gives its bytes and text when asked", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: "grapheme" }), (bytes, text) => {
        expect(SecretValue.fromBytes(bytes).bytes()).toEqual(Uint8Array.from(bytes));
        expect(SecretValue.fromBytes(bytes).byteLength).toBe(bytes.byteLength);
        expect(SecretValue.fromText(text).text()).toBe(text);
      }),
    );
  });

  it("keeps a byte-order mark", () => {
    expect(SecretValue.fromBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)).text()).toBe("\ufeffa");
  });

  it("is independent of the bytes it was made of and of those it gave", () => {
    const bytes = Buffer.from("abc");
    const copy = SecretValue.fromBytes(bytes);
    bytes.fill(0);
    copy.bytes().fill(0);
    expect(copy.text()).toBe("abc");
    expect(copy.bytes()).not.toBeInstanceOf(Buffer);
    const pooled = SecretValue.fromBytes(Buffer.from("xabcx").subarray(1, 4));
    expect([pooled.bytes().buffer.byteLength, pooled.text()]).toEqual([3, "abc"]);
  });

  it("refuses bytes that are not text, and says nothing of them", () => {
    const binary = SecretValue.fromBytes(Uint8Array.of(0x68, 0x75, 0xff));
    expect(binary.textOrUndefined()).toBeUndefined();
    expect(() => binary.text()).toThrow(SecretValueError);
    expect(() => binary.json()).toThrow("The value is not UTF-8 text");
  });

  it("parses JSON, and quotes nothing of what is none", () => {
    expect(SecretValue.fromText('{"a":[1]}').json()).toEqual({ a: [1] });
    for (const text of ["hunter2", '{"password":hunter2}', '{"a":"hunter2"']) {
      const thrown = thrownBy(() => SecretValue.fromText(text).json());
      expect(SecretValueError.isInstance(thrown)).toBe(true);
      expect(inspect(thrown, { showHidden: true, depth: null })).not.toContain("hunter");
    }
  });

  it("compares by bytes", () => {
    expect(SecretValue.fromText("a").equals(SecretValue.fromText("a"))).toBe(true);
    expect(SecretValue.fromText("a").equals(SecretValue.fromText("b"))).toBe(false);
    expect(SecretValue.fromText("a").equals(SecretValue.fromText("aa"))).toBe(false);
    expect(SecretValue.fromText("").equals(SecretValue.fromBytes(new Uint8Array()))).toBe(true);
  });

  it("is recognised across copies of the package", async () => {
    const path = String("./secret-value.js?copy=2");
    const copy = (await import(path)) as typeof Copy;
    expect(copy.SecretValue).not.toBe(SecretValue);
    const theirs = copy.SecretValue.fromText("a");
    expect(theirs).not.toBeInstanceOf(SecretValue);
    expect(SecretValue.isInstance(theirs)).toBe(true);
    expect(SecretValue.fromText("a").equals(theirs)).toBe(true);
    for (const other of [undefined, null, "text", {}, new Uint8Array()])
      expect(SecretValue.isInstance(other)).toBe(false);
  });
});
