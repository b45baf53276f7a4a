import { SluiceError } from "@sluice/core";

/** Where an environment comes from. */
export type SourceAddress =
  | { readonly kind: "https"; readonly url: URL }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "file"; readonly path: string };

/**
 * Reads `https://HOST:PORT`, `unix:PATH` or `file:PATH`; paths are absolute.
 *
 * @throws SluiceError `SLU1301`
 */
export function parseSourceAddress(text: string): SourceAddress {
  const local = /^(unix|file):(?:\/\/)?(\/(?!\/)[^\0]+)$/.exec(text);
  if (local !== null) return { kind: local[1] as "unix" | "file", path: local[2] as string };
  const url = URL.parse(text);
  const plain =
    url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url?.protocol === "https:" && plain && url.pathname === "/") return { kind: "https", url };
  throw new SluiceError({
    code: "SLU1301",
    kind: "configuration",
    problem: "SLUICE_SOURCE is not the address of a source",
    remedy: "Write https://HOST:PORT, unix:/PATH or file:/PATH",
  });
}
