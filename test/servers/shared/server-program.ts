/** What a server is started from. */
export type ServerProgram =
  | { readonly kind: "installed"; readonly path: string }
  | {
      readonly kind: "container";
      /** The engine's own program. */
      readonly engine: string;
      readonly image: string;
      /** The program in the image. */
      readonly entrypoint: string;
    };

/** The one at a path. */
export function installed(path: string): ServerProgram {
  return { kind: "installed", path };
}
