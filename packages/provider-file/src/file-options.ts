import type { JsonSchema } from "@sluice/core";

/** How a file store keeps its secrets. */
export type FileFormat = "dotenv" | "json" | "yaml" | "directory";

/** Options of a file store. */
export interface FileOptions {
  /** The file or directory. A relative path starts at the folder of the configuration file. */
  readonly path: string;
  /** By default told by the path: a directory, `.json`, `.yaml` or `.yml`; anything else is `dotenv`. */
  readonly format?: FileFormat;
  /** Largest file that is read or written, in bytes; 8 MiB by default. */
  readonly maxBytes?: number;
}

/** Default of {@link FileOptions.maxBytes}, in bytes. */
export const DEFAULT_MAX_BYTES: number = 8 * 1024 * 1024;

/** JSON Schema of {@link FileOptions}. */
export const FILE_OPTIONS_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["path"],
  properties: {
    path: {
      type: "string",
      minLength: 1,
      description: "The file or directory. A relative path starts at the folder of the configuration file.",
    },
    format: {
      enum: ["dotenv", "json", "yaml", "directory"],
      description:
        "How secrets are kept. By default told by the path: a directory, `.json`, `.yaml` or `.yml`; anything else is `dotenv`.",
    },
    maxBytes: {
      type: "integer",
      minimum: 1,
      default: DEFAULT_MAX_BYTES,
      description: "Largest file that is read or written, in bytes.",
    },
  },
};
