import { parseDuration } from "@sluice/config";
import { InvalidArgumentError, Option } from "commander";
import { DATA_FORMATS } from "../output/print-data.js";

/** Options that mean the same wherever they appear. */
export const configOption = (): Option =>
  new Option("--config <file>", "configuration to use instead of ./sluice.yaml (or SLUICE_CONFIG)");

/**
 * An option whose value is a duration, given on as milliseconds.
 *
 * @param fallback - The duration where none is given; else that is up to the command.
 */
export function durationOption(flags: string, description: string, fallback?: string): Option {
  const option = new Option(flags, description).argParser(readDuration);
  return fallback === undefined ? option : option.default(readDuration(fallback), fallback);
}

function readDuration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds === 0)
    throw new InvalidArgumentError("Write a duration such as 500ms, 10s or 2m.");
  return milliseconds;
}

/** `--timeout`: how long reading all secrets may take, as milliseconds. */
export const timeoutOption = (): Option =>
  durationOption("--timeout <duration>", "time for reading all secrets, such as 10s (default: 30s)");

/** `-o`: a table for people, JSON or YAML for programs. */
export const outputOption = (): Option =>
  new Option("-o, --output <format>", "how to print it").choices(DATA_FORMATS).default("table");

/** `--env-file`, which may be given more than once. */
export const envFileOption = (): Option =>
  new Option("--env-file <file>", "read variables from a dotenv file too; may be repeated")
    .argParser((file: string, previous: readonly string[]) => [...previous, file])
    .default([], "none");

/** A request's options from a command's. */
export function requestOf({ timeout }: { readonly timeout?: number }): { readonly timeoutMs?: number } {
  return timeout === undefined ? {} : { timeoutMs: timeout };
}
