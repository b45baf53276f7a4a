import { describe, expect, it } from "vitest";
import { readKeesAnnotations } from "@sluice/dialects";
import { javaHashCode, localValue } from "@sluice/dialects/kees-local";
import { javaProgram, runJava } from "../servers/java/java.js";
import { serversRequired } from "../servers/shared/server.js";
import {
  LOCAL_CASES,
  type LocalCase,
  type LocalGolden,
  readLocalGoldens,
  writeLocalGoldens,
} from "./local-cases.js";

async function ours({ type, bits, seed }: LocalCase): Promise<string> {
  const settings = `kind=DYNAMIC,type=${type},size=${bits}`;
  const [secret] = readKeesAnnotations({ "secret.bsycorp.com/a": settings }).parameters;
  if (secret?.is !== "secret") throw new Error("Not read");
  const value = await localValue({ ...secret, bareName: seed });
  return "bytes" in value ? Buffer.from(value.bytes).toString("base64") : value.problem;
}

async function javas(java: string): Promise<readonly LocalGolden[]> {
  const lines = LOCAL_CASES.map(({ type, bits, seed }) => {
    const utf16 = Buffer.from(seed, "utf16le").swap16().toString("hex");
    return `${type} ${bits} x${utf16}\n`;
  });
  const answers = (await runJava(java, "LocalValues.java", lines.join(""))).split("\n");
  return LOCAL_CASES.map((each, index) => {
    const [hash, base64 = ""] = answers[index]?.split(" ") ?? [];
    return { ...each, hash: Number(hash), base64 };
  });
}

describe("local mode", () => {
  it("has a golden for each case", () => {
    expect(readLocalGoldens().map(({ type, bits, seed }) => ({ type, bits, seed }))).toEqual(LOCAL_CASES);
  });

  it("hashes and makes what Java does", async () => {
    const goldens = readLocalGoldens();
    for (const golden of goldens) {
      expect(javaHashCode(golden.seed)).toBe(golden.hash);
      expect({ ...golden, base64: await ours(golden) }).toEqual(golden);
    }
    expect(goldens.length).toBeGreaterThanOrEqual(200);
  });
});

describe("Java", async () => {
  const java = await javaProgram();
  if (java === undefined) {
    if (serversRequired()) throw new Error("There is no Java");
    process.stderr.write("\nSKIPPED: values of local mode against Java: there is none\n\n");
  }

  it.skipIf(java === undefined)(
    "still gives the goldens",
    async () => {
      const made = await javas(java as string);
      // To write them anew after a change of the cases.
      if (process.env["SLUICE_WRITE_GOLDENS"] === "1") writeLocalGoldens(made);
      expect(made).toEqual(readLocalGoldens());
    },
    120_000,
  );
});
