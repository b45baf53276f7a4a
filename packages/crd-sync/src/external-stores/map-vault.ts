import type { ExternalPaths, ExternalSource } from "./external-store.js";
import { accountLogin, type AccountSelector, type CaProvider, type KeySelector } from "./store-draft.js";
import { keySource, type StoreDraft, type StorePlace, trustOf } from "./store-draft.js";
import { StoreProblem } from "./store-problem.js";

/** `provider.vault` of theirs, as far as it is covered. */
export interface ExternalVault {
  readonly server: string;
  readonly path?: string;
  readonly version?: "v1" | "v2";
  readonly namespace?: string;
  readonly caBundle?: string;
  readonly caProvider?: CaProvider;
  readonly auth?: ExternalVaultAuth;
}

interface ExternalVaultAuth {
  readonly tokenSecretRef?: KeySelector;
  readonly appRole?: {
    readonly path?: string;
    readonly roleId?: string;
    readonly roleRef?: KeySelector;
    readonly secretRef: KeySelector;
  };
  readonly kubernetes?: {
    readonly mountPath?: string;
    readonly role: string;
    readonly serviceAccountRef?: AccountSelector;
    readonly secretRef?: KeySelector;
  };
  readonly jwt?: {
    readonly path?: string;
    readonly role?: string;
    readonly secretRef?: KeySelector;
    readonly kubernetesServiceAccountToken?: {
      readonly serviceAccountRef: AccountSelector;
      readonly audiences?: readonly string[];
    };
  };
  readonly userPass?: { readonly path?: string; readonly username: string; readonly secretRef: KeySelector };
}

const FIELD = "provider.vault";
const CREDENTIAL = "EXTERNAL_CREDENTIAL";
/** What their operator asks for where nothing is named: the API server's own, which most clusters call so. */
const API_AUDIENCE = "https://kubernetes.default.svc";

/** Vault and OpenBao, as one of our stores. Pure. @throws {StoreProblem} */
export function mapVault(vault: ExternalVault, place: StorePlace): StoreDraft {
  const { server, namespace, version = "v2" } = vault;
  const trust = trustOf(place, FIELD, vault, "caCert");
  const { auth, login, sources } = loginOf(vault.auth ?? {}, place);
  return {
    provider: "vault",
    options: {
      address: server,
      kvVersion: version === "v1" ? 1 : 2,
      ...(namespace !== undefined && { namespace }),
      ...trust.options,
      auth,
    },
    sources: [...trust.sources, ...sources],
    login,
    paths: pathsOf(vault.path, version),
  };
}

interface VaultLogin {
  readonly auth: object;
  readonly login: StoreDraft["login"];
  readonly sources: readonly ExternalSource[];
}

function loginOf(auth: ExternalVaultAuth, place: StorePlace): VaultLogin {
  const { tokenSecretRef, appRole, kubernetes, jwt, userPass } = auth;
  const credential = (field: string, selector: KeySelector, standardKey?: string): ExternalSource =>
    keySource(place, `${FIELD}.auth.${field}`, selector, { variable: CREDENTIAL }, standardKey);
  if (tokenSecretRef !== undefined)
    return {
      auth: { token: { tokenVariable: CREDENTIAL } },
      login: "own",
      sources: [credential("tokenSecretRef", tokenSecretRef)],
    };
  if (appRole !== undefined) {
    const { path: mount = "approle", roleId, roleRef, secretRef } = appRole;
    if (roleId === undefined && roleRef === undefined)
      throw new StoreProblem(
        `${FIELD}.auth.appRole.roleId`,
        "is missing, and so is roleRef",
        "add one of them",
      );
    return {
      auth: { approle: { mount, secretIdVariable: CREDENTIAL, ...(roleId !== undefined && { roleId }) } },
      login: "own",
      sources: [
        ...(roleId === undefined && roleRef !== undefined
          ? [
              keySource(place, `${FIELD}.auth.appRole.roleRef`, roleRef, {
                option: "auth.approle.roleId",
              }),
            ]
          : []),
        credential("appRole.secretRef", secretRef),
      ],
    };
  }
  if (userPass !== undefined) {
    const { path: mount = "userpass", username, secretRef } = userPass;
    return {
      auth: { userpass: { mount, username, passwordVariable: CREDENTIAL } },
      login: "own",
      sources: [credential("userPass.secretRef", secretRef)],
    };
  }
  if (kubernetes !== undefined) {
    const { mountPath: mount = "kubernetes", role, serviceAccountRef, secretRef } = kubernetes;
    if (serviceAccountRef !== undefined) {
      const field = `${FIELD}.auth.kubernetes.serviceAccountRef`;
      const login = accountLogin(place, field, serviceAccountRef, API_AUDIENCE);
      return { auth: { kubernetes: { mount, role, audience: login.audience } }, login, sources: [] };
    }
    if (secretRef !== undefined)
      return {
        auth: { jwt: { mount, role, tokenVariable: CREDENTIAL } },
        login: "own",
        sources: [credential("kubernetes.secretRef", secretRef, "token")],
      };
    return { auth: { kubernetes: { mount, role } }, login: "controller", sources: [] };
  }
  if (jwt !== undefined) return jwtLogin(jwt, place, credential);
  throw new StoreProblem(
    `${FIELD}.auth`,
    "names no way to log in that is covered",
    "use tokenSecretRef, appRole, kubernetes, jwt or userPass",
  );
}

function jwtLogin(
  {
    path: mount = "jwt",
    role,
    secretRef,
    kubernetesServiceAccountToken,
  }: NonNullable<ExternalVaultAuth["jwt"]>,
  place: StorePlace,
  credential: (field: string, selector: KeySelector) => ExternalSource,
): VaultLogin {
  if (role === undefined)
    throw new StoreProblem(
      `${FIELD}.auth.jwt.role`,
      "is missing",
      "name it, also where the server has a default",
    );
  if (kubernetesServiceAccountToken !== undefined) {
    const { serviceAccountRef, audiences } = kubernetesServiceAccountToken;
    const field = `${FIELD}.auth.jwt.kubernetesServiceAccountToken.serviceAccountRef`;
    const asked = { ...serviceAccountRef, ...(audiences !== undefined && { audiences }) };
    const login = accountLogin(place, field, asked, "vault");
    return {
      // Its own token there is never used: it always logs in as the account.
      auth: { jwt: { mount, role, tokenVariable: CREDENTIAL, audience: login.audience } },
      login,
      sources: [],
    };
  }
  if (secretRef !== undefined)
    return {
      auth: { jwt: { mount, role, tokenVariable: CREDENTIAL } },
      login: "own",
      sources: [credential("jwt.secretRef", secretRef)],
    };
  throw new StoreProblem(
    `${FIELD}.auth.jwt`,
    "has neither secretRef nor kubernetesServiceAccountToken",
    "add the one that has the token",
  );
}

/** A key may begin with the mount, and then with `data/`, which is of the server's API and of no secret's name. */
function pathsOf(path: string | undefined, version: "v1" | "v2"): ExternalPaths {
  const isVersioned = version === "v2";
  const mount = trimmed(path ?? "").replace(isVersioned ? /\/data$/ : /$^/, "");
  const prefix = mount === "" ? "" : `${mount}/`;
  // Without a mount a key begins with it, and `data` may follow.
  const whole = (key: string): string => (isVersioned ? key.replace(/\/data(\/|$)/, "$1") : key);
  return {
    pathOf: (written) => {
      const key = trimmed(written);
      if (prefix === "") return whole(key);
      if (!key.startsWith(prefix)) return prefix + key;
      const below = key.slice(prefix.length);
      return prefix + (isVersioned ? below.replace(/^data\//, "") : below);
    },
    prefixOf: (under) => {
      const folder = trimmed(under);
      if (folder === "") return prefix;
      return prefix === "" ? `${whole(folder)}/` : `${prefix}${folder}/`;
    },
    nameOf: (found) => (found.startsWith(prefix) ? found.slice(prefix.length) : undefined),
    versionOf: (asked) => ({ version: asked }),
  };
}

/** Without slashes at its ends. No expression: by one, many slashes take time by their square. */
function trimmed(path: string): string {
  let [start, end] = [0, path.length];
  while (start < end && path[start] === "/") start += 1;
  while (end > start && path[end - 1] === "/") end -= 1;
  return path.slice(start, end);
}
