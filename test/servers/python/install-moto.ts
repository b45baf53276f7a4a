import { PythonEnvironment } from "./python-environment.js";

/** The version that `moto.txt` pins. To change it: `moto.in`, the command at the top of `moto.txt`, and this. */
const MOTO = new PythonEnvironment("moto", "5.2.5", "moto.txt");

/** Path of the interpreter that has moto: it is installed from PyPI now if it is not, and is to be. */
export async function motoProgram({ install }: { readonly install: boolean }): Promise<string | undefined> {
  return (await MOTO.installed()) ?? (install ? MOTO.install() : undefined);
}
