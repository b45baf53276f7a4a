export * from "./publish/publish-error.js";
export * from "./publish/publish-files.js";
export * from "./render/files-references.js";
export type { RenderOptions } from "./render/render-options.js";
export * from "./render/render-files.js";
export type * from "./render/rendered-file.js";
export type { SecretReader } from "./render/secret-reads.js";
export * from "./render/template-problem.js";
export * from "./source/plan-of-references.js";
