import { hasErrorCode, SluiceError } from "@sluice/core";

/** Where in a template: lines and columns count from 1, columns in characters. */
export interface TemplatePosition {
  readonly template: string;
  readonly line: number;
  readonly column: number;
}

/** `SLU1302`: a template is malformed, asks for what is refused, or cannot be rendered. Holds no value of a secret. */
export class TemplateError extends SluiceError {
  override readonly name = "TemplateError";
  readonly position: TemplatePosition;
  /** `parse` before anything was read, `execute` while it was rendered. */
  readonly stage: "parse" | "execute";

  constructor(stage: "parse" | "execute", position: TemplatePosition, problem: string, remedy: string) {
    const where = `template ${JSON.stringify(position.template)}, line ${position.line}, column ${position.column}`;
    super({ code: "SLU1302", kind: "configuration", problem: `${where}: ${problem}`, remedy });
    this.stage = stage;
    this.position = position;
  }

  static override isInstance(value: unknown): value is TemplateError {
    return hasErrorCode(value, "SLU1302");
  }
}
