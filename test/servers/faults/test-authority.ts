import { generate } from "selfsigned";

/** A certificate with its private key, both PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

interface CertificateContent {
  /** IP address it is for; 127.0.0.1 by default. */
  readonly address?: string;
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
const EC = { keyType: "ec", algorithm: "sha256" } as const;

/** Creates one in memory; its certificates last a day. */
export async function createAuthority(name: string): Promise<TestAuthority> {
  const root = await generate([{ name: "commonName", value: name }], {
    ...EC,
    ...period(false),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return {
    ca: root.cert,
    issue: async ({ address = "127.0.0.1", expired = false } = {}) => {
      const issued = await generate([{ name: "commonName", value: address }], {
        ...EC,
        ...period(expired),
        ca: { cert: root.cert, key: root.private },
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "extKeyUsage", serverAuth: true },
          { name: "subjectAltName", altNames: [{ type: 7, ip: address }] },
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
