import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Subject } from "@sluice/provider-conformance";
import { file } from "../src/file.js";
import { createWorkplace, manyLabels } from "./workplace.js";

const MOST = 2 ** 21;

/** A directory with a file for every secret. */
export async function directorySubject(): Promise<Subject> {
  const { folder, replace, ...rest } = await createWorkplace();
  const root = join(folder, "store");
  const at = (path: string): string => join(root, path);
  const missing = file({ path: join(folder, "missing"), format: "directory" });
  const outside = async (text: string): Promise<void> => writeFile(join(folder, "outside"), text);
  await replace(at("first"), "");
  return {
    ...rest,
    provider: file,
    store: file({ path: root, maxBytes: MOST }),
    path: (label) => `tests/${label}`,
    write: async (path, text) => replace(at(path), text),
    remove: async (path) => rm(at(path)),
    holdsEmpty: true,
    writeBytes: async (path, bytes) => replace(at(path), bytes),
    largestBytes: MOST,
    writeFields: async (path, fields) => replace(at(path), JSON.stringify(fields)),
    versioned: true,
    pathBeyondAscii: (label) => `тест/密/${label}`,
    outside: async (text) => {
      await outside(text);
      await symlink(folder, at("up"));
      return ["../outside", join(folder, "outside"), "first/../../outside", "up/outside"];
    },
    denied: async (text) => {
      await outside(text);
      await symlink("../outside", at("link"));
      return { path: "link" };
    },
    malformed: async (text) => {
      await replace(at("large"), text);
      return { path: "large", store: file({ path: root, maxBytes: text.length - 1 }) };
    },
    manyPages: async () => {
      const paths = manyLabels().map((label) => `many/${label}`);
      for (const path of paths) await replace(at(path), path);
      return paths;
    },
    brokenListing: async () => missing,
    unstorable: (text) => Buffer.alloc(MOST + 1, `${text} `),
    unusable: async () => missing,
  };
}
