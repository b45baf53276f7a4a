import { formatWithOptions } from "node:util";

type Method = (...args: unknown[]) => unknown;

/** Notes what is printed until it is disposed of, and lets it through. */
export class CapturedOutput implements Disposable {
  readonly #printed: string[] = [];
  readonly #restore: (() => void)[] = [];

  constructor() {
    for (const stream of [process.stdout, process.stderr])
      this.#tap(stream, "write", ([chunk]) =>
        chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk),
      );
    // Test runners replace the console by one that does not write to the streams of this process.
    const { console } = globalThis;
    for (const name of Object.keys(console))
      if (typeof Reflect.get(console, name) === "function") this.#tap(console, name, (args) => shown(args));
    this.#tap(process, "emitWarning", (args) => shown(args));
  }

  /** Everything printed so far. */
  get text(): string {
    return this.#printed.join("\n");
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore.reverse()) restore();
  }

  #tap(target: object, name: string, print: (args: unknown[]) => string): void {
    const original = Reflect.get(target, name) as Method;
    const own = Object.hasOwn(target, name);
    const printed = this.#printed;
    Reflect.set(target, name, function tapped(this: unknown, ...args: unknown[]) {
      printed.push(print(args));
      return Reflect.apply(original, this, args);
    });
    this.#restore.push(() =>
      own ? Reflect.set(target, name, original) : Reflect.deleteProperty(target, name),
    );
  }
}

function shown(args: unknown[]): string {
  return formatWithOptions({ depth: Infinity, maxArrayLength: null, maxStringLength: null }, ...args);
}
