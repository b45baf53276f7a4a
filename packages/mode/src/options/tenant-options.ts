import { InvalidArgumentError, Option } from "commander";

/** What options of a `SecretStore`, whose author is a tenant, may name of ours. */
export interface TenantFlags {
  readonly allowAddresses: readonly string[];
  readonly allowFiles: readonly string[];
}

/** `--allow-addresses`: what a tenant's store may dial; nothing by default. */
export const allowAddressesOption = (): Option =>
  new Option(
    "--allow-addresses <host...>",
    "hosts, as https://HOST:PORT, and networks that options of a SecretStore may name",
  )
    .argParser(addressList)
    .default([], "none");

/** `--allow-files`: what a tenant's store may read of this process's files; nothing by default. */
export const allowFilesOption = (): Option =>
  new Option(
    "--allow-files <path...>",
    "files and folders of this process that options of a SecretStore may name",
  ).default([], "none");

/** Without wildcards: a name below another is led anywhere by whoever has the zone. */
function addressList(text: string, before: readonly string[] = []): readonly string[] {
  if (/^(?:https?:\/\/)?[^\s/*@]+(?:\/\d{1,3})?$/.test(text)) return [...before, text];
  throw new InvalidArgumentError("Write HOST, https://HOST:PORT, or a network as 10.1.0.0/16; no wildcards.");
}
