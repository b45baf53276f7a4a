import type { Run } from "../evaluate/run.js";
import { secretRequest, type SecretFunction } from "../secret-request.js";
import type { GoString } from "../values/go-string.js";
import { GoList, type GoValue } from "../values/go-value.js";
import type { GoFunction, GoFunctions } from "./go-function.js";

/** What a source is asked for. */
export const SECRET_FUNCTIONS: GoFunctions & Readonly<Record<SecretFunction, GoFunction>> = {
  secret: { parameters: [], rest: "string", call: (args, run) => answer("secret", args, run) },
  secrets: { parameters: ["string"], call: (args, run) => answer("secrets", args, run) },
  pkiCert: { parameters: [], rest: "string", call: (args, run) => answer("pkiCert", args, run) },
};

function answer(name: SecretFunction, args: readonly GoValue[], run: Run): GoValue {
  const request = secretRequest(name, args as readonly GoString[]);
  if (request !== undefined) return run.answer(request);
  return name === "secrets" ? new GoList("string", [], true) : undefined;
}
