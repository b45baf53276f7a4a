export { KeesError, type KeesIssue } from "./kees-error.js";
export type { StoredAs } from "./kees-files.js";
export { type KeesFolder, type KeesPaths, keesPaths } from "./kees-paths.js";
export type { KeesReading } from "./kees-reading.js";
export { parseKeesPod } from "./parse-kees-pod.js";
export { writeKees, type WriteKeesOptions, type WrittenKees } from "./write-kees.js";
