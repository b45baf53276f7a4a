import type {
  DeleteOutcome,
  DeleteRequest,
  Failure,
  ProviderContext,
  PutOutcome,
  PutRequest,
} from "@sluice/core";
import { failureOf } from "../failure/failure-of.js";
import { versionChanged } from "../failure/failures.js";
import { acquireLock } from "../files/file-lock.js";
import type { Edit, FileStore } from "../store/file-store.js";
import type { StoreAccess } from "../store/open-store.js";

/** Writes one secret. Rejects with the signal's reason if that aborts before the file is replaced. */
export async function putSecret(
  access: StoreAccess,
  request: PutRequest,
  context: ProviderContext,
): Promise<PutOutcome> {
  return underLock(access, true, context, async (store, confirm) =>
    write(await store.edit(request.path), request, confirm),
  );
}

/** Deletes one secret. Rejects with the signal's reason if that aborts before the file is changed. */
export async function deleteSecret(
  access: StoreAccess,
  { path, ifVersion }: DeleteRequest,
  context: ProviderContext,
): Promise<DeleteOutcome> {
  return underLock(access, false, context, async (store, confirm): Promise<DeleteOutcome> => {
    const edit = await store.edit(path);
    const { version } = edit;
    if (ifVersion !== undefined && version !== undefined && version !== ifVersion) return versionChanged();
    await edit.remove(confirm);
    return { status: "deleted" };
  });
}

async function write(
  edit: Edit,
  { value, condition }: PutRequest,
  confirm: () => Promise<void>,
): Promise<PutOutcome> {
  const { version } = edit;
  if (condition && "ifAbsent" in condition && version !== undefined) return { status: "exists", version };
  if (condition && "ifVersion" in condition && version !== condition.ifVersion) return versionChanged();
  const written = await edit.write(value, confirm);
  return { status: version === undefined ? "created" : "updated", version: written };
}

async function underLock<Outcome>(
  access: StoreAccess,
  creating: boolean,
  context: ProviderContext,
  work: (store: FileStore, confirm: () => Promise<void>) => Promise<Outcome>,
): Promise<Outcome | Failure> {
  const { signal } = context;
  signal.throwIfAborted();
  try {
    const store = await access.store();
    await using lock = await acquireLock(await store.lockFile(creating), context);
    return await work(store, async () => {
      signal.throwIfAborted();
      await lock.assertHeld();
    });
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error, access.path);
  }
}
