import { describe, expect, it } from "vitest";
import { readShebang, SHEBANG_LENGTH } from "./read-shebang.js";

describe("readShebang", () => {
  it.each([
    ["#!/bin/sh\n", "/bin/sh"],
    ["#! \t/usr/bin/env -S node --x\nrest", "/usr/bin/env"],
    ["#!/bin/sh", "/bin/sh"],
    ["#!/bin/sh\r\nexit\r\n", "/bin/sh\r"],
    ["#!/opt/zürich\n", "/opt/zürich"],
    [`#!/bin/sh ${"x".repeat(300)}`, "/bin/sh"],
    [`#!/${"x".repeat(300)}`, undefined],
    ["#!\n/bin/sh", undefined],
    ["#!  ", undefined],
  ])("reads %j", (text, interpreter) => {
    expect(readShebang(Buffer.from(text).subarray(0, SHEBANG_LENGTH))).toBe(interpreter);
  });
});
