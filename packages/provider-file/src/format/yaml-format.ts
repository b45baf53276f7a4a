import type { ObjectTree } from "../tree/tree.js";
import type { DocumentFormat } from "./document-format.js";
import { removeFromYaml, setInYaml } from "./yaml-edit.js";
import { yamlTree } from "./yaml-tree.js";

/** One document of YAML 1.2 in its core schema, and no key twice. */
export const YAML_FORMAT: DocumentFormat = {
  emptyText: "",
  parse: (text): ObjectTree => yamlTree(text),
  set: setInYaml,
  remove: removeFromYaml,
};
