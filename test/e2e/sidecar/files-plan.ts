import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../../support/workspace.js";

/** A user and its password, as {@link pairOf} writes them. */
export const PAIR = /^[\w-]{20,}:\S{20,}$/;

export function raw(name: string, text: string, more: object = {}): object {
  return { path: `ROOT/${name}`, content: { format: "raw", text }, ...more };
}

/** The file `pair`, of what an engine issues. */
export function pairOf(creds: string): object {
  const template = `{{ with secret "${creds}" }}{{ .Data.username }}:{{ .Data.password }}{{ end }}`;
  return { path: "ROOT/pair", content: { format: "go-template", store: "bao", template } };
}

export function planOf(...files: readonly object[]): object {
  return { roots: ["ROOT"], files };
}

export function fileOf(workspace: Workspace, name: string): string {
  return readFileSync(join(workspace.path, "files", name), "utf8");
}
