import { posix } from "node:path";
import type { AgentFile, DialectProblem } from "@sluice/core/dialect";
import type { AgentOptions } from "../agent/agent-options.js";
import { readNotify } from "../agent/notify-problems.js";
import { type Said, VAULT_K8S_PREFIX } from "./said.js";

const FOLDER = "/vault/secrets";

/** The files that a pod asks for, by the names in its annotations. */
export function agentFiles(said: Said, options: AgentOptions): readonly AgentFile[] {
  const standard = said.choice("agent-inject-default-template", ["map", "json"], "map");
  return namesIn(said).flatMap((name) => {
    const file = agentFile(name, standard, said, options);
    if (!("problem" in file)) return [file];
    said.problems.push(file);
    return [];
  });
}

/** As they are written: capitals are another matter. */
function namesIn({ annotations }: Said): readonly string[] {
  const names = Array.from(annotations).flatMap(([annotation, value]): string[] => {
    const [, name] = /^agent-inject-(?:secret|template(?!-file-))-(.+)$/s.exec(annotation) ?? [];
    return name === undefined || value.trim() === "" ? [] : [name];
  });
  // Maps of annotations have no order.
  return Array.from(new Set(names)).sort();
}

function agentFile(
  raw: string,
  standard: "map" | "json",
  said: Said,
  options: AgentOptions,
): AgentFile | DialectProblem {
  const keepsCase = said.flag(`preserve-secret-case-${raw}`, said.flag("preserve-secret-case", false));
  const name = keepsCase ? raw : raw.toLowerCase();
  const template = said.text(`agent-inject-template-${raw}`);
  const secret = said.text(`agent-inject-secret-${raw}`) ?? "";
  const folder = posix.normalize(
    said.text(`secret-volume-path-${raw}`) ?? said.text("secret-volume-path") ?? FOLDER,
  );
  const path = posix.normalize((said.text(`agent-inject-file-${raw}`) ?? name).replace(/^\/+/, ""));
  if (!folder.startsWith("/") || folder === "/" || isOutside(path))
    return {
      problem: `Secret "${name}" is to be written where no file of the pod's volume can be`,
      remedy: `Give ${VAULT_K8S_PREFIX}/secret-volume-path a folder, and ${VAULT_K8S_PREFIX}/agent-inject-file-${raw} a path below it`,
    };
  const mode = permissions(said.text(`agent-inject-perms-${raw}`));
  if (mode === "unknown")
    return {
      problem: `Annotation ${VAULT_K8S_PREFIX}/agent-inject-perms-${raw} is no permission of a file`,
      remedy: "Write three octal digits, as in 0640",
    };
  const command = said.text(`agent-inject-command-${raw}`);
  const notify =
    command === undefined
      ? undefined
      : readNotify(command, `Annotation ${VAULT_K8S_PREFIX}/agent-inject-command-${raw}`, options);
  if (notify !== undefined && "problem" in notify) return notify;
  return {
    label: name,
    folder: folder.replace(/\/$/, ""),
    path,
    template: template ?? DEFAULTS[standard](secret),
    missingKey: said.flag(`error-on-missing-key-${raw}`, false) ? "error" : "zero",
    notify: notify === undefined ? [] : [notify],
    ...delimitersOf(said, raw),
    ...(mode !== undefined && { mode }),
  };
}

/** The same bytes as the injector's own, so of a secret of KV version 2 `data` and `metadata`. */
const DEFAULTS: Readonly<Record<"map" | "json", (path: string) => string>> = {
  map: (path) =>
    `{{ with secret ${JSON.stringify(path)} }}{{ range $k, $v := .Data }}{{ $k }}: {{ $v }}\n{{ end }}{{ end }}`,
  json: (path) => `{{ with secret ${JSON.stringify(path)} }}{{ .Data | toJSON }}\n{{ end }}`,
};

function delimitersOf(said: Said, raw: string): Pick<AgentFile, "delimiters"> {
  const left = said.text(`agent-template-left-delim-${raw}`);
  const right = said.text(`agent-template-right-delim-${raw}`);
  // The default templates are written with Go's own.
  if ((left ?? right) === undefined || said.text(`agent-inject-template-${raw}`) === undefined) return {};
  return { delimiters: [left ?? "{{", right ?? "}}"] };
}

function permissions(text: string | undefined): number | undefined | "unknown" {
  if (text === undefined) return undefined;
  return /^0{0,2}[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : "unknown";
}

function isOutside(path: string): boolean {
  return path === "" || path.split("/").some((part) => part === "." || part.startsWith(".."));
}
