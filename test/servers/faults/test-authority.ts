import { generate } from "selfsigned";

/** A certificate with its private key, both PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

interface CertificateContent {
  /** Host names it is for besides 127.0.0.1; with `elsewhere`, 127.0.0.2. */
  readonly names?: readonly string[];
  readonly elsewhere?: boolean;
  /** Whether it ended an hour ago. */
  readonly expired?: boolean;
}

/** A certificate authority that only a test knows. */
export interface TestAuthority {
  /** What certificates of it are verified with, PEM. */
  readonly ca: string;
  issue(content?: CertificateContent): Promise<TestCertificate>;
}

const HOUR_MS = 3_600_000;

/** Creates one in memory; its certificates last a day, and have the keys of this kind that it has itself. */
export async function createAuthority(name: string, keyType: "ec" | "rsa" = "ec"): Promise<TestAuthority> {
  const keys = { keyType, algorithm: "sha256" } as const;
  const root = await generate([{ name: "commonName", value: name }], {
    ...keys,
    ...period(false),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return {
    ca: root.cert,
    issue: async ({ names = [], elsewhere = false, expired = false } = {}) => {
      const address = elsewhere ? "127.0.0.2" : "127.0.0.1";
      const issued = await generate([{ name: "commonName", value: address }], {
        ...keys,
        ...period(expired),
        ca: { cert: root.cert, key: root.private },
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "extKeyUsage", serverAuth: true },
          {
            name: "subjectAltName",
            altNames: [{ type: 7, ip: address }, ...names.map((value) => ({ type: 2 as const, value }))],
          },
        ],
      });
      return { cert: issued.cert, key: issued.private };
    },
  };
}

function period(expired: boolean): { notBeforeDate: Date; notAfterDate: Date } {
  const now = Date.now();
  const ends = expired ? now - HOUR_MS : now + 24 * HOUR_MS;
  return { notBeforeDate: new Date(now - 2 * HOUR_MS), notAfterDate: new Date(ends) };
}
