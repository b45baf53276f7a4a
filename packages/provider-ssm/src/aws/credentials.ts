import type * as CredentialProviders from "@aws-sdk/credential-providers";
import type { ProviderDependencies } from "@sluice/core";
import type { AuthOptions } from "../options/auth-options.js";
import type { AwsOptions } from "../options/aws-options.js";
import { defined } from "./defined.js";
import type { StsConfig } from "./sts-config.js";

type Sdk = typeof CredentialProviders;
type Environment = ProviderDependencies["environment"];

/** Where the SDK gets credentials from, again when they have expired. */
export type CredentialSource = Extract<
  NonNullable<Parameters<Sdk["fromTemporaryCredentials"]>[0]["masterCredentials"]>,
  (...args: never) => unknown
>;

/** Credentials of the provider itself: those of `auth`, and from there through the roles of `assumeRoles`. */
export async function ownCredentials(
  { auth = { method: "default" }, assumeRoles = [] }: AwsOptions,
  environment: Environment,
  clientConfig: StsConfig,
): Promise<CredentialSource> {
  const sdk = await import("@aws-sdk/credential-providers");
  return assumeRoles.reduce<CredentialSource>(
    (masterCredentials, { roleArn, externalId, sessionName = "sluice" }) =>
      sdk.fromTemporaryCredentials({
        masterCredentials,
        clientConfig,
        params: { RoleArn: roleArn, RoleSessionName: sessionName, ...defined({ ExternalId: externalId }) },
      }),
    baseCredentials(sdk, auth, environment, clientConfig),
  );
}

function baseCredentials(
  sdk: Sdk,
  auth: AuthOptions,
  environment: Environment,
  clientConfig: StsConfig,
): CredentialSource {
  const files = {
    filepath: environment["AWS_SHARED_CREDENTIALS_FILE"],
    configFilepath: environment["AWS_CONFIG_FILE"],
  };
  const webIdentity = {
    roleArn: auth.roleArn ?? environment["AWS_ROLE_ARN"],
    webIdentityTokenFile: auth.tokenFile ?? environment["AWS_WEB_IDENTITY_TOKEN_FILE"],
    roleSessionName: auth.sessionName ?? environment["AWS_ROLE_SESSION_NAME"],
  };
  const profile = auth.profile ?? environment["AWS_PROFILE"];
  switch (auth.method) {
    case "profile":
      return sdk.fromIni({ ...defined({ ...files, profile: profile ?? "default" }), clientConfig });
    case "web-identity":
      return sdk.fromTokenFile({ ...defined(webIdentity), clientConfig });
    case "container":
      return sdk.fromHttp(containerEndpoint(environment));
    case "instance-metadata":
      return sdk.fromInstanceMetadata({ maxRetries: 0 });
    case "default":
      return (
        staticCredentials(environment) ??
        sdk.fromNodeProviderChain({
          ...defined({ ...files, ...webIdentity, profile }),
          clientConfig,
          maxRetries: 0,
        })
      );
  }
}

function staticCredentials(environment: Environment): CredentialSource | undefined {
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"];
  // A profile that was chosen comes first, as it does for the SDK.
  if (!accessKeyId || !secretAccessKey || environment["AWS_PROFILE"]) return undefined;
  const sessionToken = environment["AWS_SESSION_TOKEN"];
  return async () => ({ accessKeyId, secretAccessKey, ...defined({ sessionToken }) });
}

function containerEndpoint(environment: Environment): NonNullable<Parameters<Sdk["fromHttp"]>[0]> {
  const found = defined({
    awsContainerCredentialsFullUri: environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
    awsContainerCredentialsRelativeUri: environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
    awsContainerAuthorizationToken: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
    awsContainerAuthorizationTokenFile: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
  });
  return { ...found, maxRetries: 0 };
}
