import { readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, systemCode } from "../failure/failure-of.js";
import { unsteady } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

const ATTEMPTS = 10;

/**
 * Does work on a directory again if Kubernetes swapped its content meanwhile, as it does by replacing the link
 * `..data`: so a user and its password are never of two generations, and no file is missed in between.
 *
 * @throws {Refusal} when it was swapped every time.
 */
export async function inOneGeneration<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await generation(root);
    const result = await work();
    if ((await generation(root)) === before) return result;
  }
  throw new Refusal(unsteady(root));
}

async function generation(root: string): Promise<string> {
  return `${await realpath(root)} ${await dataLink(root)}`;
}

async function dataLink(root: string): Promise<string> {
  try {
    return await readlink(join(root, "..data"));
  } catch (error) {
    // An ordinary directory, or one with something else of this name.
    if (isMissing(error) || systemCode(error) === "EINVAL") return "";
    throw error;
  }
}
