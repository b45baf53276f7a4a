import { type Result, Running } from "../process/support.js";
import type { WaitingPod } from "./waiting-pods.js";

/** What a container is given besides what its plan says. */
const PLAIN = { PATH: "/usr/bin:/bin" };

/** Starts a container's command behind the launcher: it prints the whole environment it was given, and ends. */
export function startLauncher(program: string, { env }: WaitingPod): Running {
  return new Running([program, "exec", "--", "env"], {
    env: { ...PLAIN, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Why a start failed: it did not end well, or the command has another environment; `undefined` when it did not. */
export function failureOf(
  { code, signal, stdout, stderr }: Result,
  secrets: Readonly<Record<string, string>>,
): string | undefined {
  if (code !== 0) return `ended with ${code ?? signal}: ${stderr}`;
  const expected = Object.entries({ ...PLAIN, ...secrets }).map(([name, value]) => `${name}=${value}`);
  return stdout === expected.map((line) => `${line}\n`).join("") ? undefined : "the environment is another";
}
