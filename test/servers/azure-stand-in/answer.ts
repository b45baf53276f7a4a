/** What the stand-in answers to a request. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as far as the stand-in looks at it. */
export interface Asked {
  readonly method: string;
  /** Without the query: `/secrets/NAME/VERSION`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization?: string;
}

/** An error in Key Vault's form. */
export function refuse(status: number, code: string, innerCode?: string): Answer {
  const inner = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return { status, body: { error: { code, message: `${code}.`, ...inner } } };
}

/** What was asked for, as JSON. */
export function give(body: unknown, status = 200): Answer {
  return { status, body };
}
