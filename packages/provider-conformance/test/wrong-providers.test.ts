import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { runConformance, SECTIONS } from "../src/index.js";
import { fragmentsOf, leaks } from "../src/secrecy/fragments.js";
import { memorySubject } from "./reference/memory-subject.js";
import { WRONG_DESCRIPTOR } from "./wrong/wrong-descriptor.js";
import { WRONG_FAILING } from "./wrong/wrong-failing.js";
import { WRONG_LISTING } from "./wrong/wrong-listing.js";
import { WRONG_OTHERS } from "./wrong/wrong-others.js";
import { type Fault, type Verbs, wrongProvider, type WrongProviders } from "./wrong/wrong-provider.js";
import { WRONG_READING } from "./wrong/wrong-reading.js";
import { WRONG_SECRECY } from "./wrong/wrong-secrecy.js";
import { WRONG_TIME } from "./wrong/wrong-time.js";
import { WRONG_WATCHING } from "./wrong/wrong-watching.js";
import { WRONG_WRITING } from "./wrong/wrong-writing.js";

const WRONG: WrongProviders = {
  ...WRONG_DESCRIPTOR,
  ...WRONG_READING,
  ...WRONG_FAILING,
  ...WRONG_TIME,
  ...WRONG_SECRECY,
  ...WRONG_LISTING,
  ...WRONG_WATCHING,
  ...WRONG_WRITING,
  ...WRONG_OTHERS,
};

/** What takes longer has failed; in milliseconds. */
const TIMEOUT_MS = 1000;

/** For those that find out that something does not happen soon, which takes two seconds. */
const PATIENT = new Set(["4.2", "7.5", "12.1"]);

/** These wait for what does not come, and look at nothing that others change meanwhile. */
const WAITING = new Set(["4.2", "7.1", "7.2", "7.4"]);

async function failureOf(id: string, fault: Fault | Verbs): Promise<unknown> {
  const planted = new Set<string>();
  const { results } = await runConformance(
    () => {
      const subject = memorySubject({ provider: wrongProvider(fault) });
      const write: typeof subject.write = async (path, text) => {
        const fragments = text.length < 8 ? [] : fragmentsOf(text.slice(0, 100));
        for (const fragment of fragments) planted.add(fragment);
        return subject.write(path, text);
      };
      return { ...subject, write };
    },
    { only: [id], timeoutMs: PATIENT.has(id) ? 5 * TIMEOUT_MS : TIMEOUT_MS },
  );
  const [result] = results;
  expect(result).toMatchObject({ id, status: "failed" });
  const error = result?.status === "failed" ? result.error : undefined;
  expect(leaks(inspect(error), planted)).toBe(false);
  return error;
}

it("knows a wrong provider for every number", () => {
  const numbers = SECTIONS.flatMap(({ requirements }) => requirements.map(({ id }) => id));
  expect(Object.keys(WRONG).sort()).toEqual(numbers.sort());
});

describe.each(Object.entries(WRONG))("%s catches a provider", (id, faults) => {
  const options = { concurrent: WAITING.has(id) };
  it.each(Object.entries(faults))("%s", options, async (_, fault) => {
    expect(await failureOf(id, fault)).toBeInstanceOf(AssertionError);
  });
});
