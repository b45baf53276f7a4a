import { PythonEnvironment } from "./python-environment.js";

/** The version that `moto.txt` pins. To change it: `moto.in`, the command at the top of `moto.txt`, and this. */
const MOTO = new PythonEnvironment("moto", "5.2.5", "moto.txt");

/** The interpreter that has moto, if it is installed. */
export async function installedMoto(): Promise<string | undefined> {
  return MOTO.installed();
}

/** Installs moto from PyPI. Returns the interpreter that has it. */
export async function installMoto(): Promise<string> {
  return MOTO.install();
}
