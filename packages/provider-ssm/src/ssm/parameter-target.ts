import type { Failure, SecretVersion } from "@sluice/core";

/** What is asked of Parameter Store for a path. */
export interface ParameterTarget {
  /** Name or ARN, as AWS takes it. */
  readonly name: string;
  /** Region of an ARN; the store's own when absent. */
  readonly region?: string;
}

const ARN = /^arn:aws[a-z-]*:ssm:(?<region>[a-z0-9-]+):[0-9]{12}:parameter\/(?<name>.+)$/;
const NAME = /^[\w.\-/]{0,1010}[\w.-]$/;
const HIERARCHY = /^(?=.{1,1011}$)\/?(?:[\w.-]+\/)+$/;
const VERSION = /^[1-9][0-9]{0,18}$/;
// A label does not begin with a digit, or it would be read as a version.
const LABEL = /^(?![0-9])[\w.-]{1,100}$/;

/** The parameter a path stands for, or why there can be none. */
export function parameterTarget(path: string): ParameterTarget | Failure {
  const { region, name } = ARN.exec(path)?.groups ?? {};
  if (!NAME.test(name ?? path))
    return {
      status: "invalid",
      reason: "parameter-name",
      message: "is not the name or ARN of a parameter",
      remedy: "Use letters, digits and any of . - _ /, without a version: that is written ?version=3",
    };
  if (region !== undefined) return { name: path, region };
  // A name with a slash inside is a hierarchy, which AWS wants to begin with one.
  return { name: path.includes("/") && !path.startsWith("/") ? `/${path}` : path };
}

/** The hierarchy that a path with a slash at its end stands for, with one in front as well. */
export function hierarchyOf(path: string): string | undefined {
  if (!HIERARCHY.test(path)) return undefined;
  return path.startsWith("/") ? path : `/${path}`;
}

/** How AWS is asked for a version: `name`, `name:3`, `name:label`. Nothing if there can be no such version. */
export function nameOfVersion(name: string, version: SecretVersion): string | undefined {
  switch (version.kind) {
    case "latest":
      return name;
    case "exact":
      return VERSION.test(version.version) ? `${name}:${version.version}` : undefined;
    case "label":
      return LABEL.test(version.label) ? `${name}:${version.label}` : undefined;
  }
}

/** Equal for all ways to write a parameter's name: its ARN, with and without a slash in front. */
export function parameterKey(name: string): string {
  return (ARN.exec(name)?.groups?.["name"] ?? name).replace(/^\//, "");
}
