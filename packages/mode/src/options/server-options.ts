import { InvalidArgumentError, Option } from "commander";

/** Where a server listens. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Where a server listens: HOST:PORT; nowhere unless it is given, without a fallback. */
export function addressOption(flags: string, description: string, fallback?: string): Option {
  const option = new Option(flags, description).argParser(readAddress);
  return fallback === undefined ? option : option.default(readAddress(fallback), fallback);
}

function readAddress(text: string): HostPort {
  const [, v6, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError("Write HOST:PORT, such as 0.0.0.0:8443 or [::]:8443.");
  return { host, port: Number(port) };
}

/** A whole number above 0. */
export function numberOption(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).default(fallback).argParser((text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value === 0) throw new InvalidArgumentError("Write a whole number above 0.");
    return value;
  });
}
