import { ResolutionError, type ResolutionFailure } from "@sluice/core";
import type { FilesPlan, PlannedFile } from "@sluice/core/plan";
import { publishFiles, type RenderedFile, renderFiles, type RenderOptions } from "@sluice/files";
import type { HeldSecrets } from "./held-secrets.js";

/** A planned file as it was rendered last. */
interface Rendered {
  readonly files: readonly RenderedFile[];
  /** Canonical forms of the references that it read. */
  readonly references: readonly string[];
}

/** The files of a plan: what each was made of, and what was made. Renders what has changed, and publishes the whole. */
export class KeptFiles {
  readonly #rendered = new Map<PlannedFile, Rendered>();

  constructor(
    private readonly plan: Pick<FilesPlan, "roots" | "files">,
    private readonly secrets: HeldSecrets,
    private readonly render: RenderOptions = {},
  ) {}

  /** Everything that the files are made of. */
  get references(): ReadonlySet<string> {
    return new Set(Array.from(this.#rendered.values()).flatMap(({ references }) => references));
  }

  /** Files that read one of these. */
  readersOf(references: ReadonlySet<string>): readonly PlannedFile[] {
    return this.plan.files.filter((file) =>
      this.#rendered.get(file)?.references.some((reference) => references.has(reference)),
    );
  }

  /**
   * Makes files anew. All or nothing of each; those that cannot be made stay as they were.
   *
   * @throws ResolutionError that lists every failure of every file, once those that can be made are made.
   */
  async remake(files: readonly PlannedFile[], signal: AbortSignal): Promise<void> {
    const { roots } = this.plan;
    const options = { ...this.render, request: { ...this.render.request, signal } };
    const made = await Promise.allSettled(
      files.map(async (file) => {
        const rendered = await renderFiles({ roots, files: [file] }, this.secrets.reader, options);
        const references = rendered.delivered.map(({ reference }) => reference);
        this.#rendered.set(file, { files: rendered.files, references });
      }),
    );
    signal.throwIfAborted();
    const failures: ResolutionFailure[] = [];
    for (const each of made) {
      if (each.status === "fulfilled") continue;
      if (!ResolutionError.isInstance(each.reason)) throw each.reason;
      failures.push(...each.reason.failures);
    }
    if (failures.length > 0) throw new ResolutionError(failures);
  }

  /**
   * Exchanges the files for what was made last.
   *
   * @returns planned files of which something changed.
   * @throws PublishError
   */
  async publish(signal: AbortSignal): Promise<readonly PlannedFile[]> {
    const files = Array.from(this.#rendered.values()).flatMap((rendered) => rendered.files);
    const { changed } = await publishFiles({ roots: this.plan.roots, files }, { signal });
    return this.plan.files.filter(({ path }) =>
      changed.some((each) => each === path || each.startsWith(`${path}/`)),
    );
  }
}
