import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverLine, run } from "./support.js";

const KIB = 1024;

describe.runIf(process.platform === "linux")("exec", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-exec-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function file(name: string, content: string | Buffer, mode = 0o755): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  function program(name: string, change: (bytes: Buffer) => void): string {
    const path = join(directory, name);
    copyFileSync("/bin/true", path);
    const bytes = readFileSync(path);
    change(bytes);
    return file(name, bytes);
  }

  it.each([0, 1, 77, 255])("hands through exit code %i", async (code) => {
    expect(await run(driverLine("exec", ["sh", "-c", `exit ${code}`]))).toMatchObject({ code, stderr: "" });
  });

  it("dies of the signal the command dies of", async () => {
    const result = await run(driverLine("exec", ["sh", "-c", "kill -TERM $$"]));
    expect(result).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it("passes stdin and stdout on, although they were used", async () => {
    const result = await run(driverLine("exec", ["cat"], { touch: true }));
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const big = await run(driverLine("exec", ["head", "-c", "1000000", "/dev/zero"], { touch: true }));
    expect(big.stdout).toHaveLength(1_000_000);
  });

  it("gives exactly the environment it was asked to, odd names included", async () => {
    const set = { "my.var": "a b", "x-y": "", MULTI: "one\ntwo" };
    const result = await run(driverLine("exec", ["cat", "/proc/self/environ"], { set }), {
      env: { PATH: process.env["PATH"] },
    });
    expect(result.stdout).toBe(`PATH=${process.env["PATH"]}\0my.var=a b\0x-y=\0MULTI=one\ntwo\0`);
  });

  it("looks a command up as execvp does, past directories and files without permission", async () => {
    const [one, two] = [join(directory, "one"), join(directory, "two")];
    mkdirSync(join(one, "tool"), { recursive: true });
    mkdirSync(two);
    writeFileSync(join(two, "tool"), "");
    file("tool", "#!/bin/sh\necho found as $0\n");
    const lookUp = (path: string) =>
      run(driverLine("exec", ["tool"], { set: { PATH: path } }), { cwd: directory });
    expect(await lookUp(`${one}:${two}:`)).toMatchObject({ code: 0, stdout: "found as tool\n" });
    expect(await lookUp(`${one}:${two}`)).toMatchObject({
      code: 126,
      stderr: expect.stringContaining("SLU4002"),
    });
    expect(await lookUp("/nowhere:/dev/null/x")).toMatchObject({
      code: 127,
      stderr: expect.stringContaining("SLU4001"),
    });
  });

  const loader = /\/lib\S*\/ld-\S+?\.so\.\d/;
  it.each<[string, () => string, string]>([
    ["nothing of that name", () => "no-such-command", "SLU4001"],
    ["no such path", () => join(directory, "absent"), "SLU4001"],
    ["a directory", () => directory, "SLU4002"],
    ["no permission", () => file("plain", "#!/bin/sh\n", 0o644), "SLU4002"],
    ["an empty file", () => file("empty", ""), "#! line"],
    ["no #! line", () => file("text", "echo hello\n"), "sh FILE"],
    ["an empty #! line", () => file("blank", "#! \n"), "#! line"],
    ["lines that end in CRLF", () => file("crlf", "#!/bin/sh\r\nexit 0\r\n"), '"/bin/sh\\r"'],
    ["a directory as interpreter", () => file("etc", "#!/etc\n"), '"/etc"'],
    ["a missing interpreter", () => file("python9", "#!/opt/python9 -u\n"), '"/opt/python9"'],
    [
      "a script as interpreter, which lacks its own",
      () => file("outer", `#!${file("inner", "#!/gone\n")}\n`),
      '"/gone"',
    ],
    ["an endless #! chain", () => file("loop", `#!${join(directory, "loop")}\n`), "chain"],
    ["an unknown binary format", () => file("binary", Buffer.from([1, 2, 0, 3])), "format"],
    ["a broken ELF file", () => program("broken", (bytes) => void bytes.fill(0xff, 32, 40)), "format"],
    ["an object file", () => program("object", (bytes) => void bytes.writeUInt16LE(1, 16)), "format"],
    ["a truncated ELF file", () => file("cut", readFileSync("/bin/true").subarray(0, 40)), "format"],
    [
      "a missing loader",
      () => program("musl", (bytes) => void bytes.write("/gone", bytes.toString("latin1").search(loader))),
      "C library",
    ],
    [
      "another processor",
      () => program("other", (bytes) => void bytes.writeUInt16LE(0x1234, 18)),
      "processor",
    ],
  ])("refuses, and does not abort: %s", async (_, command, message) => {
    const result = await run(driverLine("exec", [command()]));
    expect(result.stderr).toContain(message);
    expect(result).toMatchObject({ code: message === "SLU4001" ? 127 : 126, signal: null });
  });

  it.each([
    ["a variable too large", { fill: { BIG: 128 * KIB } }, '"BIG"'],
    [
      "too many of them",
      { fill: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`V${n}`, 120 * KIB])) },
      '"V10"',
    ],
    ["a NUL byte", { set: { NUL: "a\0b" } }, '"NUL"'],
    ["a name with an equals sign", { set: { "A=B": "c" } }, '"A=B"'],
  ])("refuses an environment with %s, and names the variable only", async (_, options, message) => {
    const result = await run(driverLine("exec", ["true"], options));
    expect(result).toMatchObject({ code: 78, signal: null });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain("SLU4003");
    expect(result.stderr.length).toBeLessThan(400);
  });

  it.each([
    ["8192", 2 * KIB * KIB],
    ["1024", 256 * KIB],
    ["256", 128 * KIB],
  ])("starts a script with all the kernel takes at a stack limit of %s KiB", async (stack, total) => {
    const script = file("script", "#!/bin/sh\nexit 9\n");
    const line = ["sh", "-c", `ulimit -Ss ${stack}; exec "$@"`, "sh"];
    const start = (bytes: number) => {
      const fill: Record<string, number> = {};
      for (let n = 0; n * 100 * KIB < bytes; n++) fill[`V${n}`] = Math.min(100 * KIB, bytes - n * 100 * KIB);
      return run([...line, ...driverLine("exec", [script], { fill })], {
        env: { PATH: process.env["PATH"] },
      });
    };
    expect(await start(total - 6 * KIB)).toMatchObject({ code: 9, signal: null });
    expect(await start(total)).toMatchObject({ code: 78, signal: null });
  });

  it("follows #! lines as far as the kernel does", async () => {
    let script = "/bin/true";
    for (let depth = 1; depth <= 6; depth++) {
      script = file(`depth${depth}`, `#!${script}\n`);
      const result = await run(driverLine("exec", [script]));
      expect(result).toMatchObject({ code: depth <= 5 ? 0 : 126, signal: null });
    }
  });

  it("refuses the sockets of systemd, which it could not pass on", async () => {
    const line = driverLine("exec", ["true"]);
    const script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"';
    const result = await run(["sh", "-c", script, "sh", ...line]);
    expect(result).toMatchObject({ code: 78, stderr: expect.stringContaining("LISTEN_FDS") });
  });
});
