import { parseJsonExactly } from "@sluice/core";
import { badPath } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** What an engine is handed, by name. */
export type EngineParameters = Readonly<Record<string, unknown>>;

/**
 * The parameters that follow the `?` in the path of an engine which issues: `name=value&…`, percent-encoded where
 * a name or a value has `&`, `=` or `%` in it, or the text of a JSON object. A plus sign stands for itself.
 *
 * @throws {Refusal} for anything else, without quoting it.
 */
export function parametersIn(text: string): EngineParameters {
  if (text === "") return {};
  const parameters = text.startsWith("{") ? parseObject(text) : parsePairs(text);
  if (parameters === undefined)
    throw new Refusal(badPath("what follows its ? is neither name=value&… nor a JSON object"));
  return parameters;
}

function parseObject(text: string): EngineParameters | undefined {
  try {
    return parseJsonExactly(text) as EngineParameters;
  } catch {
    // The parser's words would quote it.
    return undefined;
  }
}

function parsePairs(text: string): EngineParameters | undefined {
  const parameters = new Map<string, string>();
  for (const pair of text.split("&")) {
    const at = pair.indexOf("=");
    const [name, value] = [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
    if (at < 1 || name === undefined || value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return Object.fromEntries(parameters);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
