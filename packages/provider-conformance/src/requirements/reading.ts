import type { Requirement } from "../requirement.js";
import { READING_BATCHES } from "./reading-batches.js";
import { READING_CONTENT } from "./reading-content.js";
import { READING_FIELDS } from "./reading-fields.js";
import { READING_PATHS } from "./reading-paths.js";
import { READING_VERSIONS } from "./reading-versions.js";

/** Section 2. */
export const READING: readonly Requirement[] = [
  ...READING_PATHS,
  ...READING_CONTENT,
  ...READING_FIELDS,
  ...READING_BATCHES,
  ...READING_VERSIONS,
].sort((one, other) => one.id.localeCompare(other.id, "en", { numeric: true }));
