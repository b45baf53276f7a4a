import {
  type ListedSecret,
  type ListPage,
  type ListQuery,
  type ProviderContext,
  StoreError,
  mapBounded,
} from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { failureOf, Refusal } from "../failure/refusal.js";
import { type Mount, pathAbove } from "../mount/mount.js";
import { pathFault } from "../mount/secret-path.js";
import type { Access, SessionPool } from "../session/session-pool.js";
import { currentVersion } from "./current-version.js";
import { enginesBelow } from "./engines-below.js";
import { walkEngine } from "./walk-engine.js";

const PAGE_SIZE = 500;
const CONCURRENCY = 8;

interface Place {
  readonly mount: Mount;
  readonly below: string;
  readonly path: string;
}

/**
 * The secrets of all key-value engines, sorted, in pages; incomplete where there may be engines that are kept from
 * us. The token of a page is the last path looked at for it. In engines of version 2 each secret's metadata is read, to leave out what was deleted.
 *
 * @throws {StoreError} when not everything can be listed.
 */
export async function* listPages(
  pool: SessionPool,
  store: string,
  { prefix = "", pageToken }: ListQuery,
  { identity, signal }: ProviderContext,
): AsyncGenerator<ListPage, void, undefined> {
  const { places, complete } = await orStoreError(store, signal, async () => {
    const found = await placesBelow(pool.access(identity), prefix, signal);
    const asked = found.places
      .filter(({ path }) => path.startsWith(prefix) && (pageToken === undefined || path > pageToken))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
    return { places: asked, complete: found.complete };
  });
  for (let at = 0; at === 0 || at < places.length; at += PAGE_SIZE) {
    const page = places.slice(at, at + PAGE_SIZE);
    const described = await orStoreError(store, signal, () =>
      mapBounded(page, CONCURRENCY, async (place) => describe(pool.access(identity), place, signal)),
    );
    const items = described.filter((item) => item !== undefined);
    const last = page.at(-1)?.path;
    yield at + PAGE_SIZE < places.length && last !== undefined
      ? { items, nextPageToken: last, complete: false }
      : { items, complete };
    signal.throwIfAborted();
  }
}

async function placesBelow(
  { session, mounts }: Access,
  prefix: string,
  signal: AbortSignal,
): Promise<{ readonly places: readonly Place[]; readonly complete: boolean }> {
  // To a token it does not know the server shows no engines, which would look like an empty store.
  const known = await session.ask({ method: "GET", path: "auth/token/lookup-self", signal });
  if (known.status !== 200) throw new Refusal(failureOfReply(known));
  const { engines, complete } = await enginesBelow(mounts, prefix, signal);
  const places = await mapBounded(engines, CONCURRENCY, async (mount) => {
    const folder = folderOf(mount, prefix);
    // Nothing can be in a folder of such a name, and its address may be that of something else.
    if (folder !== "" && pathFault(`${mount.path}${folder}`.slice(0, -1)) !== undefined) return [];
    const below = await walkEngine(session.ask, mount, folder, signal);
    return below.map((name) => ({ mount, below: name, path: pathAbove(mount, name) }));
  });
  return { places: places.flat(), complete };
}

/** The deepest folder of an engine that everything with this prefix is in. */
function folderOf(mount: Mount, prefix: string): string {
  const below = prefix.slice(mount.path.length);
  // There paths are written differently from what they are in the engine: see `pathAbove`.
  if (mount.kind === "kv2" && below.startsWith("data/")) return "";
  return below.slice(0, below.lastIndexOf("/") + 1);
}

async function describe(
  { session }: Access,
  { mount, below, path }: Place,
  signal: AbortSignal,
): Promise<ListedSecret | undefined> {
  if (mount.kind !== "kv2") return { path };
  const current = await currentVersion(session.ask, mount, below, signal);
  if (current?.stands !== true) return undefined;
  const { number, updatedAt, expiresAt } = current;
  return {
    path,
    version: String(number),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

async function orStoreError<Result>(
  store: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw new StoreError(store, failureOf(error));
  }
}
