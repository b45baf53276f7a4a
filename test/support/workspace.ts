import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder for one test; files are given by their relative paths. */
export interface Workspace extends Disposable {
  readonly path: string;
  write(file: string, content: string | Uint8Array): void;
  read(file: string): string;
}

export function createWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): Workspace {
  const path = mkdtempSync(join(tmpdir(), "sluice-test-"));
  const workspace: Workspace = {
    path,
    write: (file, content) => {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    },
    read: (file) => readFileSync(join(path, file), "utf8"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
  for (const [file, content] of Object.entries(files)) workspace.write(file, content);
  return workspace;
}
