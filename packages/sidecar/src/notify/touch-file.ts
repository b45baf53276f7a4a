import { open } from "node:fs/promises";
import { thrownName } from "@sluice/core";
import { final, type NotTold } from "./notify-outcome.js";

/** Sets a file's time to now; makes an empty one, for its own user and group to read, where there is none. */
export async function touchFile(path: string): Promise<NotTold | undefined> {
  try {
    await using file = await open(path, "a", 0o640);
    const now = new Date();
    await file.utimes(now, now);
    return undefined;
  } catch (thrown) {
    return final(`it cannot be written (${thrownName(thrown)})`);
  }
}
