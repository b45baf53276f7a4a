import { TemplateProblem } from "../template-problem.js";
import { asGoString, goString, textOf, type GoString } from "../values/go-string.js";
import type { Run } from "../evaluate/run.js";
import { formatTime } from "./format-time.js";
import { ofStrings, stringAt, type GoFunctions } from "./go-function.js";

/** What a rendering has around it: variables that the caller gave, the time, and the templates it defines. */
export const ENVIRONMENT_FUNCTIONS: GoFunctions = {
  env: ofStrings(1, ([name], run) => variable(name, run) ?? goString("")),
  mustEnv: ofStrings(1, ([name], run) => {
    const value = variable(name, run);
    if (value === undefined || value === "")
      throw new TemplateProblem(`variable ${JSON.stringify(textOf(name))} is not set, or is empty`, "Set it");
    return value;
  }),
  envOrDefault: ofStrings(2, ([name, preset], run) => variable(name, run) ?? preset),
  executeTemplate: {
    parameters: ["string"],
    rest: "any",
    call: (args, run) => {
      if (args.length > 2) throw new TemplateProblem("executeTemplate takes a name, and one value at most");
      return run.execute(stringAt(args, 0), args[1] ?? undefined);
    },
  },
  timestamp: {
    parameters: [],
    rest: "string",
    call: (args, { now }) => {
      if (args.length > 1) throw new TemplateProblem("timestamp takes one layout at most");
      const layout = args.length === 0 ? "2006-01-02T15:04:05Z07:00" : stringAt(args, 0);
      return layout === "unix"
        ? asGoString(String(Math.floor(now.getTime() / 1000)))
        : formatTime(now, layout as GoString);
    },
  },
};

function variable(name: GoString, { env }: Run): GoString | undefined {
  const key = textOf(name);
  const value = Object.hasOwn(env, key) ? env[key] : undefined;
  return value === undefined ? undefined : goString(value);
}
