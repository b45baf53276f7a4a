import { describe, expect, it, vi } from "vitest";
import { CapturedOutput } from "./captured-output.js";

describe("CapturedOutput", () => {
  it("notes what is printed, and lets it through", () => {
    const { console } = globalThis;
    const through = [
      vi.spyOn(process.stdout, "write").mockReturnValue(true),
      vi.spyOn(console, "log").mockReturnValue(),
      vi.spyOn(process, "emitWarning").mockReturnValue(),
    ];
    using output = new CapturedOutput();
    process.stdout.write(Buffer.from("one"));
    console.log("two", { three: { four: { five: { six: "seven" } } } });
    process.emitWarning("eight");
    for (const word of ["one", "two", "seven", "eight"]) expect(output.text).toContain(word);
    for (const original of through) expect(original).toHaveBeenCalledOnce();
  });

  it("leaves everything as it was", () => {
    const functions = (): unknown[] => [
      Reflect.get(process.stdout, "write"),
      Reflect.get(process, "emitWarning"),
      Reflect.get(globalThis.console, "log"),
    ];
    const before = functions();
    const output = new CapturedOutput();
    expect(functions()).not.toEqual(before);
    output[Symbol.dispose]();
    expect(functions()).toEqual(before);
  });
});
