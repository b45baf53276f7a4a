import { hasErrorCode, SluiceError } from "../errors/sluice-error.js";

/** Where a dotenv file is malformed, and why. */
export interface DotenvSyntaxErrorInit {
  /** Line of the fault, from 1. */
  readonly line: number;
  /** Column of the fault, in UTF-16 code units from 1; a byte order mark takes none. */
  readonly column: number;
  /** What is wrong there, in words and positions: any part of the text may belong to a secret. */
  readonly reason: string;
  readonly remedy: string;
}

/**
 * `SLU1102`: a dotenv text cannot be read. Says where and why and repeats nothing of the text, not even a
 * name: a line of an unquoted secret can look like one.
 */
export class DotenvSyntaxError extends SluiceError {
  override readonly name = "DotenvSyntaxError";
  readonly line: number;
  readonly column: number;
  readonly reason: string;

  constructor(init: DotenvSyntaxErrorInit) {
    super({
      code: "SLU1102",
      kind: "configuration",
      problem: `Malformed dotenv text at line ${init.line}, column ${init.column}: ${init.reason}`,
      remedy: init.remedy,
    });
    this.line = init.line;
    this.column = init.column;
    this.reason = init.reason;
  }

  /** Other file formats share the code `SLU1102`, so the name counts too. */
  static override isInstance(value: unknown): value is DotenvSyntaxError {
    return hasErrorCode(value, "SLU1102") && value.name === "DotenvSyntaxError";
  }
}
