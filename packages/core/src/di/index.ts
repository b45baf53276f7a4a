// Decorated classes of users need it, and it must be there before they are loaded.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

export * from "./part-tokens.js";
export * from "./parts-module.js";
export * from "./tokens.js";
