import { formatDotenvEntry } from "@sluice/core/dotenv";

import type { Variable } from "../variable.js";

/** One assignment a variable, as `parseDotenv` and, but for carriage returns, a POSIX shell read it. */
export function formatDotenv(variables: readonly Variable[]): string {
  return variables.map(({ name, value }) => `${formatDotenvEntry(name, value)}\n`).join("");
}
