import { describe, expect, it } from "vitest";
import { parseProcessLimit } from "./process-limits.js";

const TEXT = `Limit                     Soft Limit           Hard Limit           Units
Max stack size            8388608              unlimited            bytes
Max open files            1024                 524288               files
`;

describe("parseProcessLimit", () => {
  it("reads one line", () => {
    expect(parseProcessLimit(TEXT, "Max open files")).toStrictEqual({ soft: 1024, hard: 524_288 });
    expect(parseProcessLimit(TEXT, "Max stack size")).toStrictEqual({ soft: 8_388_608, hard: Infinity });
  });

  it("does without a line that is missing", () => {
    expect(parseProcessLimit(TEXT, "Max open")).toBeUndefined();
    expect(parseProcessLimit("", "Max open files")).toBeUndefined();
  });
});
