import { createHmac, type KeyObject } from "node:crypto";

/** What a workload was last started with, as keyed hashes: the secret's, and its version's. */
export type SeenVersions = ReadonlyMap<string, string>;

/** Twelve digits tell versions of one secret apart, and a thousand secrets of a workload. */
const DIGITS = 12;
/** An object has 256 KiB of annotations. */
const MOST = 500;

/** What an annotation says; what is not of ours is passed over. */
export function parseSeen(text = ""): SeenVersions {
  return new Map(
    text.split(",").flatMap((entry) => {
      const [, secret, version] = /^([0-9a-f]{12})=([0-9a-f]{12})$/.exec(entry) ?? [];
      return secret === undefined || version === undefined ? [] : [[secret, version] as const];
    }),
  );
}

export function formatSeen(seen: SeenVersions): string {
  return Array.from(seen, ([secret, version]) => `${secret}=${version}`)
    .toSorted()
    .slice(0, MOST)
    .join(",");
}

export function shortHash(text: string, key: KeyObject): string {
  return createHmac("sha256", key).update(text).digest("hex").slice(0, DIGITS);
}
