import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { forwardedSignals, onSignals } from "./on-signals.js";

describe("forwardedSignals", () => {
  it("has no number twice, and nothing a process does to itself", () => {
    const numbers = forwardedSignals().map((signal) => constants.signals[signal]);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toContain(constants.signals.SIGTERM);
    for (const own of ["SIGKILL", "SIGCHLD", "SIGSEGV", "SIGABRT", "SIGPIPE"] as const) {
      expect(numbers).not.toContain(constants.signals[own]);
    }
  });
});

describe("onSignals", () => {
  it("takes all its listeners away again", () => {
    const before = process.listenerCount("SIGTERM");
    const stop = onSignals(() => {});
    expect(process.listenerCount("SIGTERM")).toBe(before + 1);
    stop();
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });
});
