import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A value of local mode: what is hashed, and what is made of that. */
export interface LocalCase {
  readonly type: "RANDOM" | "PASSWORD";
  readonly bits: number;
  readonly seed: string;
}

/** What Java makes of a case. */
export interface LocalGolden extends LocalCase {
  readonly hash: number;
  readonly base64: string;
}

const SEEDS = [
  "",
  "a",
  "db.password",
  "signingKey.v1",
  "api-key.test.v1",
  "local/test-pod-name",
  "polygenelubricants",
  "Grüße/日本",
  "\u{1f600}\ud800",
  "z".repeat(253),
];
const BITS = [1, 8, 24, 60, 128, 129, 256, 1000, 2048, 8192];

export const LOCAL_CASES: readonly LocalCase[] = SEEDS.flatMap((seed) =>
  BITS.flatMap((bits) => (["RANDOM", "PASSWORD"] as const).map((type) => ({ type, bits, seed }))),
);

const GOLDENS = fileURLToPath(new URL("local-goldens.json", import.meta.url));

export function readLocalGoldens(): readonly LocalGolden[] {
  return JSON.parse(readFileSync(GOLDENS, "utf8")) as LocalGolden[];
}

export function writeLocalGoldens(goldens: readonly LocalGolden[]): void {
  writeFileSync(GOLDENS, `${JSON.stringify(goldens, undefined, 2)}\n`);
}
