import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { canary } from "./canary.js";
import { fragmentsOf, leaks } from "./fragments.js";

const VALUE = 'pa55-W0rd_of "Zoë" & co./+?';
const bytes = Buffer.from(VALUE);

describe("leaks", () => {
  it.each([
    ["as it is", VALUE],
    ["a part of 8 characters", VALUE.slice(9, 17)],
    ["in an address", `https://x/?q=${encodeURIComponent(VALUE)}`],
    ["as JSON", JSON.stringify({ VALUE })],
    ["in hexadecimal", bytes.toString("hex")],
    ["in upper-case hexadecimal", bytes.toString("hex").toUpperCase()],
    ["as a buffer", inspect(bytes)],
    ["as an array of bytes", inspect(Uint8Array.from(bytes))],
    ["as a list of bytes", JSON.stringify([...bytes])],
    ["broken into lines", VALUE.replaceAll(/.{5}/g, "$&\n")],
    ...["", "x", "xy"].flatMap((before) => [
      [`in base64 after ${before.length} bytes`, Buffer.from(`${before}${VALUE}xyz`).toString("base64")],
      [`in base64url after ${before.length} bytes`, Buffer.from(`${before}${VALUE}`).toString("base64url")],
    ]),
  ])("finds a value %s", (_, text) => {
    expect(leaks(`before ${text} after`, fragmentsOf(VALUE))).toBe(true);
  });

  it.each(["", "[secret]", VALUE.slice(0, 7), VALUE.toUpperCase()])("finds nothing in %j", (text) => {
    expect(leaks(text, fragmentsOf(VALUE))).toBe(false);
  });

  it("does not take one value for another", () => {
    const text = Array.from({ length: 1000 }, () => canary()).join("");
    expect(leaks(text, fragmentsOf(canary()))).toBe(false);
  });
});
