import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoreDefinition } from "@sluice/core";
import type { Subject } from "@sluice/provider-conformance";
import { file } from "../src/file.js";
import type { Entries, Notation } from "./notations.js";
import { createWorkplace, manyLabels } from "./workplace.js";

/** A document with many secrets, written by whole new ones. */
export async function documentSubject(notation: Notation): Promise<Subject> {
  const { folder, replace, ...rest } = await createWorkplace();
  const { name, above, bytes, fields, anyName } = notation;
  const document = join(folder, name);
  const change = async (alter: (entries: Entries) => Entries): Promise<void> =>
    replace(document, notation.write(alter(notation.read(await readFile(document, "utf8")))));
  const set = async (path: string, value: unknown): Promise<void> =>
    change((entries) => ({ ...entries, [path.slice(above.length)]: value }));
  const other = async (label: string, content: string, mode = 0o600): Promise<StoreDefinition> => {
    const path = join(folder, `${label}-${name}`);
    await writeFile(path, content);
    await chmod(path, mode);
    return file({ path });
  };
  await replace(document, notation.write({}));
  return {
    ...rest,
    provider: file,
    store: file({ path: document }),
    path: (label) => above + label,
    write: set,
    remove: async (path) =>
      change((entries) => {
        const others = { ...entries };
        Reflect.deleteProperty(others, path.slice(above.length));
        return others;
      }),
    holdsEmpty: true,
    ...(bytes && { writeBytes: set }),
    largestBytes: 2 ** 20,
    writeFields: async (path, texts) => set(path, fields ? texts : JSON.stringify(texts)),
    versioned: true,
    ...(anyName && { pathBeyondAscii: (label) => `${above}${label}-密-ß` }),
    outside: async (text) => {
      await other("outside", notation.write({ secret: text }));
      const path = `${above}secret`;
      return [`../outside-${name}`, `../outside-${name}/${path}`, join(folder, `outside-${name}`)];
    },
    // Nothing is denied to root.
    ...(process.getuid?.() !== 0 && {
      denied: async (text) => ({
        path: `${above}secret`,
        store: await other("denied", notation.write({ secret: text }), 0o000),
      }),
    }),
    malformed: async (text) => ({
      path: `${above}secret`,
      store: await other("malformed", notation.malformed(text)),
    }),
    manyPages: async () => {
      const labels = manyLabels();
      await change((entries) => ({
        ...entries,
        ...Object.fromEntries(labels.map((label) => [label, label])),
      }));
      return labels.map((label) => above + label);
    },
    brokenListing: async () => other("broken", notation.malformed("x")),
    unstorable: (text) => Buffer.concat([Buffer.from(text), Buffer.of(0xff)]),
    unusable: async () => file({ path: join(folder, `missing-${name}`) }),
  };
}
