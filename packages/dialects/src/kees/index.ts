export * from "./kees.js";
export * from "./kees-parameter.js";
export * from "./parse-annotations-file.js";
export {
  isKeesParameter,
  KEES_DOMAIN,
  type KeesNotation,
  readKeesAnnotations,
} from "./read-kees-annotations.js";
export * from "./secret-families.js";
export * from "./storage-path.js";
