import {
  AUTH_SCHEMA,
  DELEGATION_SCHEMA,
  ROLES_SCHEMA,
  type AuthOptions,
  type DelegationOptions,
  type RoleOptions,
} from "./auth-options.js";

/** Options that the stores of AWS share. */
export interface AwsOptions {
  /** Region of the store; `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's when absent. */
  readonly region?: string;
  /** Address of the service, such as a VPC endpoint. Serves every region then, also that of an ARN. */
  readonly endpoint?: string;
  /** Address of STS, which roles are assumed at. */
  readonly stsEndpoint?: string;
  /** PEM file of certificate authorities to trust besides the system's, relative to the configuration file. */
  readonly caFile?: string;
  /** AWS's default chain when absent. */
  readonly auth?: AuthOptions;
  /** Roles assumed one after the other, beginning with the credentials of `auth`. */
  readonly assumeRoles?: readonly RoleOptions[];
  /** Without it, a delegated identity is denied. */
  readonly delegation?: DelegationOptions;
}

/** JSON Schemas of the properties of {@link AwsOptions}. */
export const AWS_OPTION_PROPERTIES: Readonly<Record<keyof AwsOptions, object>> = {
  region: {
    type: "string",
    pattern: "^[a-z0-9-]+$",
    description: "Region of the store; by default `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's.",
  },
  endpoint: {
    type: "string",
    pattern: "^https?://",
    description:
      "Address of the service, such as a VPC endpoint. Serves every region then, also that of an ARN.",
  },
  stsEndpoint: {
    type: "string",
    pattern: "^https?://",
    description: "Address of STS, which roles are assumed at.",
  },
  caFile: {
    type: "string",
    minLength: 1,
    description:
      "PEM file of certificate authorities to trust besides the system's, for a proxy that inspects TLS or an endpoint of one's own.",
  },
  auth: AUTH_SCHEMA,
  assumeRoles: ROLES_SCHEMA,
  delegation: DELEGATION_SCHEMA,
};

/** Where a store with these options is, for people. */
export function awsLocation(service: string, { region, endpoint }: AwsOptions): string {
  const place = endpoint === undefined ? region : new URL(endpoint).host;
  return place === undefined ? service : `${service} (${place})`;
}
