import { createWorkspace, type Workspace } from "../../support/workspace.js";

/** What no text is. */
const BINARY: Uint8Array = Uint8Array.of(0, 1, 0xfe, 0xff, 10);

/** A folder with two stores of files, some secrets in them, and a template. */
export function commandWorkspace(): Workspace {
  return createWorkspace({
    "sluice.yaml": `stores:
  dev: { provider: file, path: ./secrets.env }
  dir: { provider: file, path: ./dir }
env:
  USER_NAME: ada
  PASSWORD: secret://dev/PASSWORD
`,
    "secrets.env": 'PASSWORD=\'p4ss "word"\'\nCERT="-----BEGIN\\nabc\\n"\nB64=aGVsbG8=\n',
    "dir/raw": BINARY,
    "dir/nested/key": "inner",
    "app.tpl": "user: ${secret://dev/PASSWORD}\ncost: $5 ${HOME} $${secret://dev/x}\n",
  });
}
