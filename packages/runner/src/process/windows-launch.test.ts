import { describe, expect, it } from "vitest";
import { windowsLaunch } from "./windows-launch.js";

const ENV = {
  Path: "C:\\Windows;;C:\\Program Files (x86)\\nodejs\\",
  ComSpec: "C:\\Windows\\System32\\cmd.exe",
};
const NODE = "C:\\Program Files (x86)\\nodejs";

function launch(command: string, args: string[], files: string[]) {
  return windowsLaunch({ command, args, env: ENV }, (file) => files.includes(file));
}

describe("windowsLaunch", () => {
  it("finds a program through PATH and PATHEXT", () => {
    const file = `${NODE}\\node.EXE`;
    const args = ["a b", "%c%"];
    expect(launch("node", args, [file])).toStrictEqual({
      file,
      argv0: "node",
      args,
      env: ENV,
      verbatim: false,
    });
    expect(launch("node.exe", [], [`${NODE}\\node.exe`]).file).toBe(`${NODE}\\node.exe`);
    expect(launch("D:\\tools\\x", [], ["D:\\tools\\x.COM"]).file).toBe("D:\\tools\\x.COM");
  });

  it("does not take the script without extension that lies beside npm.cmd", () => {
    expect(launch("npm", [], [`${NODE}\\npm`, `${NODE}\\npm.CMD`]).args.at(-1)).toBe(`""${NODE}\\npm.CMD""`);
  });

  it("starts a batch file with cmd.exe, every argument in quotes", () => {
    const { file, args, verbatim } = launch("npm", ["run", "a b", "--dir=C:\\x\\"], [`${NODE}\\npm.CMD`]);
    expect({ file, verbatim }).toStrictEqual({ file: ENV.ComSpec, verbatim: true });
    expect(args).toStrictEqual(["/d", "/s", "/c", `""${NODE}\\npm.CMD" "run" "a b" "--dir=C:\\x\\\\""`]);
  });

  it.each(['"', "%PATH%", "a&b", "a|b", "^", "!x!", "a\nb", "(x)"])(
    "refuses to pass %j to a batch file",
    (arg) => {
      expect(() => launch("npm", ["run", arg], [`${NODE}\\npm.CMD`])).toThrow(
        expect.objectContaining({ code: "SLU4002", message: expect.stringContaining("argument 2") }),
      );
    },
  );

  it("says so when there is no such program", () => {
    expect(() => launch("nope", [], [])).toThrow(expect.objectContaining({ code: "SLU4001" }));
  });
});
