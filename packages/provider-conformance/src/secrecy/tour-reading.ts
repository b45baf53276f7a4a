import { contextOf } from "../harness/context.js";
import { HOSTILE_PATHS } from "../harness/hostile-paths.js";
import { requestOf } from "../harness/request-of.js";
import type { TourLog } from "./tour-log.js";

/** Reads what any store has, and what none has. */
export async function readPlain(log: TourLog): Promise<void> {
  const { subject, provider } = log;
  const plain = await log.plant("plain");
  const bytes = subject.path("bytes");
  await subject.writeBytes?.(bytes, Buffer.concat([Buffer.of(0xff), Buffer.from(log.value())]));
  const fields = subject.path("fields");
  await subject.writeFields?.(fields, { one: log.value(), other: log.value() });
  const outside = (await subject.outside?.(log.value())) ?? [];
  for (const path of [plain, bytes, fields, subject.path("missing"), ...HOSTILE_PATHS, ...outside])
    await log.read(provider, path);
  if (subject.store.capabilities.fields === "native")
    for (const name of ["one", "absent"])
      await log.read(provider, fields, { selector: { kind: "field", name } });
  if (subject.store.capabilities.versions.exact)
    await log.read(provider, plain, { version: { kind: "exact", version: "absent" } });
}

/** Reads what fails for some reason, alone and beside what does not. */
export async function readSituations(log: TourLog): Promise<void> {
  const { subject } = log;
  const { batchSize } = subject.store.capabilities;
  const plain = await log.plant("beside");
  const situations = [
    await subject.denied?.(log.value()),
    await subject.disabled?.(log.value()),
    await subject.expired?.(log.value()),
    await subject.malformed?.(log.value()),
    await subject.throttled?.(),
    await subject.unreachable?.(),
  ];
  for (const situation of situations) {
    if (situation === undefined) continue;
    const provider = log.open(situation.store);
    await log.read(provider, situation.path);
    const both = [plain, situation.path].map((path, index) => requestOf(path, { id: `${index}` }));
    if (batchSize > 1) await log.note(async () => provider.resolve(both, contextOf()));
  }
}
