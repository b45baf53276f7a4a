import type { Failure, SecretVersion } from "@sluice/core";

/** What is asked of Secrets Manager for a path. */
export interface SecretTarget {
  /** Name or ARN, as AWS takes it. */
  readonly secretId: string;
  /** Region of an ARN; the store's own when absent. */
  readonly region?: string;
}

/** How a version is named in a call; nothing of it for the latest. */
export interface VersionInput {
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

const ARN = /^arn:aws[a-z-]*:secretsmanager:(?<region>[a-z0-9-]+):[0-9]{12}:secret:(?<name>.+)$/;
// The exclamation mark is in the names of secrets that services of AWS manage.
const NAME = /^[\w/+=.@!-]{1,519}$/;
const VERSION_ID = /^[\w-]{32,64}$/;

/** The secret a path stands for, or why there can be none. */
export function secretTarget(path: string): SecretTarget | Failure {
  const { region, name } = ARN.exec(path)?.groups ?? {};
  if (!NAME.test(name ?? path))
    return {
      status: "invalid",
      reason: "secret-name",
      message: "is not the name or ARN of a secret",
      remedy: "Use letters, digits and any of / _ + = . @ -",
    };
  return { secretId: path, ...(region !== undefined && { region }) };
}

/** How AWS is asked for a version. Nothing if there can be no such version. */
export function versionInput(version: SecretVersion): VersionInput | undefined {
  switch (version.kind) {
    case "latest":
      return {};
    case "exact":
      return VERSION_ID.test(version.version) ? { VersionId: version.version } : undefined;
    case "label":
      return version.label.length <= 256 ? { VersionStage: version.label } : undefined;
  }
}

/** Whether an answer's name and ARN are those of the secret that was asked for; an ARN may lack its random end. */
export function isSecret(secretId: string, name: string | undefined, arn: string | undefined): boolean {
  return secretId === name || secretId === arn || secretId === arn?.replace(/-[A-Za-z0-9]{6}$/, "");
}
