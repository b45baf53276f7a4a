import { hasErrorCode, SluiceError } from "@sluice/core";

/** `SLU4101`: files cannot be written. Readers see what they saw before. */
export class PublishError extends SluiceError {
  override readonly name = "PublishError";
  readonly path: string;

  constructor(path: string, why: string, remedy: string) {
    super({ code: "SLU4101", kind: "configuration", problem: `${path} cannot be written: ${why}`, remedy });
    this.path = path;
  }

  static override isInstance(value: unknown): value is PublishError {
    return hasErrorCode(value, "SLU4101");
  }
}

/** Runs a step on a path; what the system refuses becomes a `PublishError` that names it. */
export async function onPath<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === undefined || PublishError.isInstance(thrown)) throw thrown;
    throw new PublishError(path, code, REMEDIES[code] ?? "Check the folder, and who may write there");
  }
}

/** The name of a failed system call's error; its message would quote paths only, but differs between platforms. */
export function codeOf(thrown: unknown): string | undefined {
  const code: unknown =
    typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, "code") : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES:
    "Let the writer's user write to the folder: run it as the user that owns it, or mount a volume there",
  EPERM:
    "Only root may give a file to another user or to a group it is not in: run the writer as the file's user",
  EROFS: "Mount a volume there that can be written",
  ENOSPC: "Give the volume more room: while files are exchanged it holds both, the old and the new",
  EDQUOT: "Give the volume more room: while files are exchanged it holds both, the old and the new",
  ENOTDIR: "Something on the way is a file: remove it, or write elsewhere",
};
