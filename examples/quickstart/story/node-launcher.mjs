// Stands in for the launcher where it cannot run: asks the broker the same over the same protocol, and becomes the command.
// node-launcher.mjs TOKEN_FILE COMMAND [ARGS…]; SLUICE_PLAN and SLUICE_SOURCE as the webhook wrote them.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parsePlan, planDigest } from "../../../packages/core/dist/plan/index.js";
import { askSource, parseSourceAddress } from "../../../packages/protocol/dist/index.js";

const [tokenFile, file, ...args] = process.argv.slice(2);
const { SLUICE_PLAN, SLUICE_SOURCE, ...own } = process.env;
const plan = parsePlan(SLUICE_PLAN);
const answer = await askSource({
  address: parseSourceAddress(SLUICE_SOURCE),
  trust: plan.source,
  token: readFileSync(tokenFile, "utf8"),
  request: {
    protocol: 1,
    reader: 1,
    features: [],
    container: plan.container,
    nonce: randomBytes(16).toString("hex"),
    planDigest: planDigest(SLUICE_PLAN),
  },
});
const env = { ...own };
for (const [name, value] of Object.entries(answer.env)) {
  if (typeof value !== "string") throw new Error(`${name} is more than this stand-in writes`);
  env[name] = value;
}
for (const name of answer.unset ?? []) delete env[name];
if (process.execve) process.execve(file, [file, ...args], env);
process.exitCode = spawnSync(file, args, { env, stdio: "inherit" }).status ?? 1;
