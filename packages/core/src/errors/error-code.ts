/**
 * Every error code, and what it stands for. A code never changes its meaning; a new failure gets a new
 * code. 1xxx what was asked for, 2xxx what a store answered, 3xxx programming, 4xxx starting a process and writing its files,
 * 5xxx what passes between a launcher and its source.
 */
export const ERROR_CODES = {
  SLU1001: "A secret reference is malformed",
  SLU1002: "A reference names a store that is not configured",
  SLU1101: "The configuration file was not found",
  SLU1102: "A file is not valid in its format",
  SLU1103: "A configuration value is unknown or of the wrong type",
  SLU1104: "The configuration is ambiguous",
  SLU1105: "The configuration module could not be loaded",
  SLU1201: "The command line is wrong",
  SLU1301: "An injection plan is malformed, too large or too new",
  SLU1302: "A template is malformed or cannot be rendered",
  SLU1401: "A manifest asks for what pods cannot be given",
  SLU1402: "A policy cannot be made of manifests, or is not what they ask for",
  SLU2001: "One or more references could not be resolved",
  SLU2002: "A secret value is not what was asked of it",
  SLU2003: "A store refused or failed an operation",
  SLU3003: "A resolver was used after it was disposed",
  SLU4001: "The command to start was not found",
  SLU4002: "The command to start cannot be executed",
  SLU4003: "The environment for the command is not valid",
  SLU4101: "Files cannot be written",
  SLU5001: "A source refused the environment, or did not give it in time",
  SLU5002: "A source answered something that is not of the protocol",
} as const;

/** A code of {@link ERROR_CODES}, such as `SLU1001`; docs/errors.md explains each. */
export type ErrorCode = keyof typeof ERROR_CODES;
