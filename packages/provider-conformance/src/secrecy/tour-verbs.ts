import { randomUUID } from "node:crypto";
import type { PutRequest, SecretProvider, StoreDefinition } from "@sluice/core";
import { contextOf } from "../harness/context.js";
import { requestOf } from "../harness/request-of.js";
import { comesTrue, SOON_MS } from "../harness/timing.js";
import type { TourLog } from "./tour-log.js";

/** Where nothing is that would be missed if it were written or deleted. */
const OUTSIDE = "../sluice-conformance";

/** Lists the store, and stores that fail. */
export async function listStores(log: TourLog): Promise<void> {
  const list = async (provider: SecretProvider): Promise<unknown> =>
    log.note(async () => provider.list && Array.fromAsync(provider.list({}, contextOf())));
  await list(log.provider);
  for (const store of await failingStores(log)) await list(log.open(store));
}

/** Writes and deletes, and is refused in every way there is. */
export async function changeSecrets(log: TourLog): Promise<void> {
  const { provider, subject } = log;
  const { put, delete: deletion } = subject.store.capabilities;
  const present = await log.plant("present");
  const absent = subject.path("absent");
  const write = async (path: string, content: string | Uint8Array, more?: Partial<PutRequest>) =>
    log.note(async () =>
      provider.put?.({ path, value: log.trial.probe.valueToPut(content), ...more }, contextOf()),
    );
  await write(absent, log.value());
  await write(present, log.value(), { idempotencyKey: randomUUID() });
  for (const path of ["", OUTSIDE, "x\0y"]) await write(path, log.value());
  if (put?.ifAbsent) await write(present, log.value(), { condition: { ifAbsent: put.ifAbsent } });
  if (put?.ifVersion === true) await write(present, log.value(), { condition: { ifVersion: "absent" } });
  if (subject.unstorable) await write(present, subject.unstorable(log.value()));
  for (const request of [
    ...(deletion?.ifVersion === true ? [{ path: present, ifVersion: "absent" }] : []),
    { path: present },
    { path: present },
    { path: OUTSIDE },
  ])
    await log.note(async () => provider.delete?.(request, contextOf()));
}

/** Takes a lease, renews and revokes it, and others that do not exist. */
export async function issueLeases(log: TourLog): Promise<void> {
  const issuing = await log.subject.issuing?.();
  if (issuing === undefined) return;
  const provider = log.open(issuing.store);
  const outcomes = await log.note(async () =>
    provider.resolve([requestOf(issuing.path, { volatile: true })], contextOf()),
  );
  const ids = (outcomes ?? []).flatMap((outcome) =>
    outcome.status === "found" && outcome.lease ? [outcome.lease.id] : [],
  );
  for (const id of [...ids, ...ids, "absent"]) {
    await log.note(async () => provider.renewLease?.(id, contextOf()));
    await log.note(async () => provider.revokeLease?.(id, contextOf()));
  }
}

/** Checks the store, and stores that fail. */
export async function checkStores(log: TourLog): Promise<void> {
  const stores = [log.subject.store, ...(await failingStores(log))];
  for (const store of stores) {
    const provider = log.open(store);
    await log.note(async () => provider.check?.(contextOf()));
  }
}

/** Watches a secret that changes and goes. */
export async function watchSecret(log: TourLog): Promise<void> {
  const { watch } = log.subject.store.capabilities;
  if (watch === undefined) return;
  const path = await log.plant("watched");
  const session = log.trial.open().watch([path]);
  const hears = async (kind: string): Promise<boolean> =>
    comesTrue(SOON_MS, () => session.events.some((event) => event.kind === kind));
  await hears("resync");
  await log.subject.write(path, log.value());
  await hears("changed");
  await log.subject.remove(path);
  await hears("deleted");
  await log.note(async () => session.stop());
  await log.note(async () => session.events);
}

/** Aborts calls before and right after they begin. */
export async function abort(log: TourLog): Promise<void> {
  const path = await log.plant("aborted");
  const value = log.trial.probe.valueToPut(log.value());
  for (const early of [true, false]) {
    const controller = new AbortController();
    if (early) controller.abort();
    const context = contextOf({ signal: controller.signal });
    const calls = [
      log.note(async () => log.provider.resolve([requestOf(path)], context)),
      log.note(async () => log.provider.put?.({ path, value }, context)),
    ];
    controller.abort();
    await Promise.all(calls);
  }
}

async function failingStores({ subject }: TourLog): Promise<readonly StoreDefinition[]> {
  const stores = [
    await subject.brokenListing?.(),
    await subject.unusable?.(),
    (await subject.unreachable?.())?.store,
  ];
  return stores.filter((store) => store !== undefined);
}
