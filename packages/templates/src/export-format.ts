/** The flat file formats: one name, one value, nothing nested. */
export const EXPORT_FORMATS = [
  "json",
  "yaml",
  "dotenv",
  "java-properties",
  "csv",
  "tsv",
  "tfvars",
  "shell",
] as const;

/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
