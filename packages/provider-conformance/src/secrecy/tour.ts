import type { SecretProvider } from "@sluice/core";
import type { Trial } from "../harness/trial.js";
import { CapturedOutput } from "./captured-output.js";
import { TourLog } from "./tour-log.js";
import { readPlain, readSituations } from "./tour-reading.js";
import { abort, changeSecrets, checkStores, issueLeases, listStores, watchSecret } from "./tour-verbs.js";

/** What came of everything a provider can do, done well and badly. */
export interface Tour {
  /** The values there were. */
  readonly values: readonly string[];
  /** Every outcome, page, event and finding. */
  readonly answers: readonly object[];
  /** Whatever verbs rejected with. */
  readonly thrown: readonly unknown[];
  readonly printed: string;
  /** All the providers, still open. */
  readonly providers: readonly SecretProvider[];
}

const STEPS = [
  readPlain,
  readSituations,
  listStores,
  changeSecrets,
  issueLeases,
  checkStores,
  watchSecret,
  abort,
];

/** Does everything the provider can do, in every situation that the subject can bring about. */
export async function tour(trial: Trial): Promise<Tour> {
  using output = new CapturedOutput();
  const log = new TourLog(trial);
  for (const step of STEPS) await step(log);
  const { values, answers, thrown, providers } = log;
  return { values, answers, thrown, providers, printed: output.text };
}
