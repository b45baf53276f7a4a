import { describe, expect, it } from "vitest";
import { YAML_FORMAT } from "../format/yaml-format.js";
import { jsonText } from "./json-text.js";

describe("jsonText", () => {
  it.each([
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["1.10", "1.10"],
    ["-0", "-0"],
    ["1e400", "1e400"],
    ["+12", "12"],
    ["007", "7"],
    ["-007.50", "-7.50"],
    [".5", "0.5"],
    ["-.5e+3", "-0.5e+3"],
    ["5.", "5"],
    ["5.e3", "5e3"],
    ["0x1F", "31"],
    ["0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"],
    ["0o17", "15"],
    ["True", "true"],
    ["FALSE", "false"],
    [".inf", '".inf"'],
    ["-.INF", '"-.INF"'],
    [".nan", '".nan"'],
    ["~", "null"],
    ["'it''s \"x\"'", '"it\'s \\"x\\""'],
    ["!!binary AP8=", '"AP8="'],
    ["[1, {a: b}, []]", '[1,{"a":"b"},[]]'],
  ])("writes YAML's %s as %s", (yaml, json) => {
    expect(jsonText(YAML_FORMAT.parse(`k: ${yaml}\n`))).toBe(`{"k":${json}}`);
    expect(() => JSON.parse(json) as unknown).not.toThrow();
  });
});
