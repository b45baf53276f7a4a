import { hasErrorCode, SluiceError } from "./sluice-error.js";

/** Where a reference is malformed, and why. */
export interface ReferenceSyntaxErrorInit {
  /** The reference as far as it can be one, for a reference is not a secret; empty where none begins. */
  readonly input: string;
  /** Offset of the fault in `input`, in UTF-16 code units from 0. */
  readonly position: number;
  /** Offset of `input` in the text it was found in; 0 when it stands alone. */
  readonly offset?: number;
  readonly reason: string;
  readonly remedy: string;
}

/** `SLU1001`: a reference, or a text with embedded references, cannot be read. */
export class ReferenceSyntaxError extends SluiceError {
  override readonly name = "ReferenceSyntaxError";
  readonly input: string;
  readonly position: number;
  readonly offset: number;
  readonly reason: string;

  constructor(init: ReferenceSyntaxErrorInit) {
    const { offset = 0 } = init;
    const what = init.input === "" ? "" : ` ${JSON.stringify(excerpt(init.input))}`;
    const where = `character ${offset + init.position + 1}${offset > 0 ? " of the text" : ""}`;
    super({
      code: "SLU1001",
      kind: "configuration",
      problem: `Malformed reference${what} at ${where}: ${init.reason}`,
      remedy: init.remedy,
    });
    this.input = init.input;
    this.position = init.position;
    this.offset = offset;
    this.reason = init.reason;
  }

  static override isInstance(value: unknown): value is ReferenceSyntaxError {
    return hasErrorCode(value, "SLU1001");
  }
}

function excerpt(input: string): string {
  return input.length <= 120 ? input : `${input.slice(0, 117)}...`;
}
