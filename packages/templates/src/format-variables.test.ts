import { describe, expect, it } from "vitest";

import { EXPORT_FORMATS, type ExportFormat } from "./export-format.js";
import { formatVariables } from "./format-variables.js";

const PLAIN = [
  { name: "HOST", value: "db.internal" },
  { name: "EMPTY", value: "" },
];

/** One value with whatever the format must treat. */
const CASES: Record<ExportFormat, { plain: string; none: string; value: string; written: string }> = {
  json: {
    plain: '{\n  "HOST": "db.internal",\n  "EMPTY": ""\n}\n',
    none: "{}\n",
    value: '"\\\n\u0001é',
    written: '{\n  "A": "\\"\\\\\\n\\u0001é"\n}\n',
  },
  yaml: {
    plain: 'HOST: "db.internal"\nEMPTY: ""\n',
    none: "{}\n",
    value: ' "\\\n\n  x\u0001\u007F\u0085\u2028\uFEFFé ',
    written: 'A: " \\"\\\\\\n\\n  x\\u0001\\u007f\\u0085\\u2028\\ufeffé "\n',
  },
  dotenv: {
    plain: "HOST=db.internal\nEMPTY=\n",
    none: "",
    value: "it's $5\n",
    written: 'A="it\'s \\$5\n"\n',
  },
  "java-properties": {
    plain: "HOST=db.internal\nEMPTY=\n",
    none: "",
    value: "  a =:#!\\\n\r\t\fé😀\u007F ",
    written: "A=\\  a \\=\\:\\#\\!\\\\\\n\\r\\t\\f\\u00e9\\ud83d\\ude00\\u007f \n",
  },
  csv: {
    plain: 'name,value\nHOST,db.internal\nEMPTY,""\n',
    none: "name,value\n",
    value: 'say "a,b"\r\nc',
    written: 'name,value\nA,"say ""a,b""\r\nc"\n',
  },
  tsv: {
    plain: "name\tvalue\nHOST\tdb.internal\nEMPTY\t\n",
    none: "name\tvalue\n",
    value: ' "\t\n\r\\n',
    written: 'name\tvalue\nA\t "\\t\\n\\r\\\\n\n',
  },
  tfvars: {
    plain: 'HOST = "db.internal"\nEMPTY = ""\n',
    none: "",
    value: '"\\\n\r\t${a} %{b} $$${c} $ % é\u0001\u0085',
    written: 'A = "\\"\\\\\\n\\r\\t$${a} %%{b} $$$${c} $ % é\\u0001\\u0085"\n',
  },
  shell: {
    plain: "export HOST='db.internal'\nexport EMPTY=''\n",
    none: "",
    value: "it's $(id) \\ `x`\n",
    written: "export A='it'\\''s $(id) \\ `x`\n'\n",
  },
};

describe.each(EXPORT_FORMATS)("formatVariables as %s", (format) => {
  const { plain, none, value, written } = CASES[format];

  it("writes plain values in the order given", () => {
    expect(formatVariables(format, PLAIN)).toBe(plain);
  });

  it("writes no variables", () => {
    expect(formatVariables(format, [])).toBe(none);
  });

  it("writes what has a meaning in the format", () => {
    expect(formatVariables(format, [{ name: "A", value }])).toBe(written);
  });
});

describe("formatVariables", () => {
  it.each(["yes", "NO", "on", "y", "null", "true"])("quotes the yaml name %s", (name) => {
    expect(formatVariables("yaml", [{ name, value: "1" }])).toBe(`"${name}": "1"\n`);
  });

  it("escapes a java-properties name", () => {
    expect(formatVariables("java-properties", [{ name: " a b=", value: "1" }])).toBe("\\ a\\ b\\==1\n");
  });

  it("quotes csv fields that a reader may trim", () => {
    expect(formatVariables("csv", [{ name: "A", value: " x" }])).toBe('name,value\nA," x"\n');
  });
});
