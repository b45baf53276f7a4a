import { checkFilesPlan, rootOf } from "@sluice/core/plan";
import type { RenderedFile, RenderedFiles } from "../render/rendered-file.js";
import { changedPaths } from "./changed-paths.js";
import { exchangeSet } from "./exchange-set.js";
import { PublishError } from "./publish-error.js";
import { readRoot, type RootState } from "./root-state.js";
import { removeLeftovers, removeSet, writeSet } from "./write-set.js";

/** What publishing came to. */
export interface Publication {
  /** Paths that were added, changed or removed; none where everything was as it should be, and nothing was written. */
  readonly changed: readonly string[];
}

/** How files are published. */
export interface PublishOptions {
  /** Ends it before anything is exchanged; afterwards it goes on to the end. */
  readonly signal?: AbortSignal;
}

/** A root with the files that are to be in it. */
interface Wanted {
  readonly state: RootState;
  readonly files: readonly RenderedFile[];
  readonly changed: readonly string[];
}

/**
 * Puts files into their roots as the kubelet does: a folder with the whole set, and a link to it that is exchanged by a
 * rename, so that a reader sees the old set or the new one, also when the writer is killed at any moment. Files that are no
 * longer wanted go. What killed writers left is removed. Each root is exchanged by itself, after the sets of all are
 * written. One writer a root at a time.
 *
 * @throws PublishError when something cannot be written: then nothing is exchanged, unless it is a link of one root after
 *   another root's was exchanged. No set that nobody sees is left.
 * @throws PlanError when a path is in none of the roots, or in another's way.
 * @throws the signal's reason.
 */
export async function publishFiles(
  { roots, files }: Pick<RenderedFiles, "roots" | "files">,
  { signal }: PublishOptions = {},
): Promise<Publication> {
  checkFilesPlan({ roots, files: files.map(({ path }) => ({ path, content: { format: "raw", text: "" } })) });
  const wanted: Wanted[] = [];
  for (const root of roots) wanted.push(await compare(await readRoot(root), filesOf(root, roots, files)));
  const stale = wanted.filter(({ changed }) => changed.length > 0);
  const written: { readonly state: RootState; readonly set: string; readonly names: readonly string[] }[] =
    [];
  try {
    for (const { state, files: mine } of stale) {
      signal?.throwIfAborted();
      await removeLeftovers(state, state.leftovers);
      written.push({ state, set: await writeSet(state, mine), names: namesOf(state, mine) });
    }
    signal?.throwIfAborted();
  } catch (thrown) {
    for (const { state, set } of written) await removeSet(state, set);
    throw thrown;
  }
  try {
    for (const { state, set, names } of written) await exchangeSet(state, set, names);
  } catch (thrown) {
    for (const { state, set } of written) await removeUnseen(state, set);
    throw thrown;
  }
  for (const { state, changed } of wanted)
    if (changed.length === 0) await removeLeftovers(state, state.leftovers);
  return { changed: wanted.flatMap(({ changed }) => changed) };
}

/** Removes a set that did not come to be seen: what is in it is secret. */
async function removeUnseen(state: RootState, set: string): Promise<void> {
  const { current } = await readRoot(state.root);
  if (current !== set) await removeSet(state, set);
}

function filesOf(root: string, roots: readonly string[], files: readonly RenderedFile[]): RenderedFile[] {
  return files.filter((file) => rootOf({ roots }, file) === root);
}

async function compare(state: RootState, files: readonly RenderedFile[]): Promise<Wanted> {
  const names = namesOf(state, files);
  const taken = names.find((name) => state.foreign.has(name));
  if (taken !== undefined)
    throw new PublishError(
      `${state.root}/${taken}`,
      "something is there that this writer did not write",
      "Remove it, or write into a folder that nobody else writes",
    );
  return { state, files, changed: await changedPaths(state, files, names) };
}

/** The names in a root that lead to its files. */
function namesOf({ root }: RootState, files: readonly RenderedFile[]): string[] {
  return Array.from(new Set(files.map(({ path }) => path.slice(root.length + 1).split("/", 1)[0] ?? "")));
}
