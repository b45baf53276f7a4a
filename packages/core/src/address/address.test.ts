import type { LookupAddress } from "node:dns";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressFault,
  type AddressPolicy,
  BLOCKED_ADDRESS,
  guardedLookup,
  isAllowedAddress,
  isUnverified,
  PRIVATE_NETWORKS,
  redirectTarget,
} from "./index.js";

const anywhere: AddressPolicy = { ports: "any" };
const listed: AddressPolicy = { hosts: ["https://vault.acme.com:8200", "*.vaults.acme.com", "vault.svc"] };

describe("an address that somebody else chose", () => {
  it.each([
    "https://registry.acme.com",
    "https://registry.acme.com:443/v2/",
    "https://REGISTRY.acme.com:5000/v2/?n=1#x",
    "https://93.184.215.14/",
    "https://[2606:4700::1111]:8443/",
  ])("may be %s", (url) => {
    expect(addressFault(url, anywhere)).toBeUndefined();
  });

  it.each([
    // Loopback, in every form that some parser understands.
    ["https://127.0.0.1/", "network"],
    ["https://127.255.255.254/", "network"],
    ["https://0.0.0.0/", "network"],
    ["https://127.1/", "disguised-host"],
    ["https://127.0.1/", "disguised-host"],
    ["https://2130706433/", "disguised-host"],
    ["https://0x7f000001/", "disguised-host"],
    ["https://0x7f.0.0.1/", "disguised-host"],
    ["https://0177.0.0.1/", "disguised-host"],
    ["https://017700000001/", "disguised-host"],
    ["https://127.0.0.1./", "disguised-host"],
    ["https://１２７.0.0.1/", "disguised-host"],
    ["https://①②⑦.0.0.1/", "disguised-host"],
    ["https://127。0。0。1/", "disguised-host"],
    ["https://%31%32%37.0.0.1/", "disguised-host"],
    ["https://[::1]/", "network"],
    ["https://[::]/", "network"],
    ["https://[0:0:0:0:0:0:0:1]/", "disguised-host"],
    ["https://[::ffff:127.0.0.1]/", "disguised-host"],
    ["https://[::ffff:7f00:1]/", "network"],
    ["https://[::7f00:1]/", "network"],
    ["https://[64:ff9b::7f00:1]/", "network"],
    ["https://[2002:7f00:1::]/", "network"],
    ["https://localhost/", "local-name"],
    ["https://LOCALHOST/", "local-name"],
    ["https://a.localhost/", "local-name"],
    ["https://localhost./", "disguised-host"],
    // Metadata services.
    ["https://169.254.169.254/latest/meta-data/", "network"],
    ["https://[::ffff:a9fe:a9fe]/", "network"],
    ["https://2852039166/", "disguised-host"],
    ["https://0xa9.0xfe.0xa9.0xfe/", "disguised-host"],
    ["https://[fd00:ec2::254]/", "network"],
    ["https://100.100.100.200/", "network"],
    ["https://168.63.129.16/", "network"],
    ["https://192.0.0.192/", "network"],
    ["https://metadata.google.internal/", "local-name"],
    ["https://metadata/", "local-name"],
    // Private, link-local, and others that are nobody's.
    ["https://10.0.0.1/", "network"],
    ["https://172.31.255.255/", "network"],
    ["https://192.168.1.1/", "network"],
    ["https://100.64.0.1/", "network"],
    ["https://198.18.0.1/", "network"],
    ["https://224.0.0.1/", "network"],
    ["https://255.255.255.255/", "network"],
    ["https://[fe80::1]/", "network"],
    ["https://[fe80::1%25eth0]/", "not-a-url"],
    ["https://[fc00::1]/", "network"],
    ["https://[fec0::1]/", "network"],
    ["https://[ff02::1]/", "network"],
    ["https://[2001:db8::1]/", "network"],
    ["https://[2001::1]/", "network"],
    // A cluster's own.
    ["https://kubernetes/", "local-name"],
    ["https://kubernetes.default.svc/", "local-name"],
    ["https://etcd.kube-system.svc.cluster.local/", "local-name"],
    // Who is asked, and who is only named.
    ["https://registry.acme.com@127.0.0.1/", "user-info"],
    ["https://registry.acme.com:x@evil.com/", "user-info"],
    ["https://@evil.com/", "user-info"],
    ["https://registry.acme.com%40evil.com/", "not-a-url"],
    ["https://evil.com\\@registry.acme.com/", "not-a-url"],
    ["https:\\\\evil.com/", "not-a-url"],
    ["https://evil.com\t.acme.com/", "not-a-url"],
    ["https://registry.acme.com\u200b/", "not-a-url"],
    [" https://registry.acme.com/", "not-a-url"],
    ["https://registry.acme.com.", "disguised-host"],
    // Letters that look like others.
    ["https://аcme.com/", "disguised-host"],
    ["https://xn--cme-5cd.com/", "international-name"],
    ["https://registry.acme。com/", "disguised-host"],
    ["https://ⓡegistry.acme.com/", "disguised-host"],
    // Something else than a server of the web.
    ["http://registry.acme.com/", "scheme"],
    ["ftp://registry.acme.com/", "scheme"],
    ["file:///etc/passwd", "not-a-url"],
    ["gopher://registry.acme.com/", "scheme"],
    ["unix:///var/run/docker.sock", "not-a-url"],
    ["data:text/plain,x", "not-a-url"],
    ["//registry.acme.com/", "not-a-url"],
    ["https:registry.acme.com", "not-a-url"],
    ["https:///registry.acme.com/", "not-a-url"],
    ["https://registry.acme.com:99999/", "not-a-url"],
    ["https://registry.acme.com:0443/", "disguised-host"],
    ["https://registry.acme.com:/", "disguised-host"],
    ["", "not-a-url"],
  ])("is not %j: %s", (url, reason) => {
    expect(addressFault(url, anywhere)?.reason).toBe(reason);
    expect(addressFault(url, anywhere)?.message).not.toContain("acme");
  });

  it("has its scheme's own port where no others are allowed", () => {
    for (const port of [22, 80, 6443, 8200])
      expect(addressFault(`https://registry.acme.com:${port}`, {})?.reason).toBe("port");
    expect(isAllowedAddress("https://registry.acme.com:5000", { ports: [5000] })).toBe(true);
    expect(isAllowedAddress("https://registry.acme.com:5001", { ports: [5000] })).toBe(false);
  });

  it("may be in a network that is opened, but at a metadata service only if that is named itself", () => {
    const policy: AddressPolicy = { networks: [...PRIVATE_NETWORKS, "169.254.0.0/16"] };
    for (const open of ["10.1.2.3", "192.168.0.9", "[fd12::1]", "169.254.1.1", "[::ffff:a01:203]"])
      expect(isAllowedAddress(`https://${open}`, policy)).toBe(true);
    for (const shut of ["169.254.169.254", "100.100.100.200", "[fd00:ec2::254]", "127.0.0.1"])
      expect(isAllowedAddress(`https://${shut}`, policy)).toBe(false);
    expect(isAllowedAddress("https://169.254.169.254", { networks: ["169.254.169.254"] })).toBe(true);
    expect(isAllowedAddress("https://[fd00:ec2::254]", { networks: ["fd00:ec2:0::254"] })).toBe(true);
    expect(() => isAllowedAddress("https://10.0.0.1", { networks: ["10.0.0/8"] })).toThrow(TypeError);
  });

  it.each([
    ["https://vault.acme.com:8200/v1/x", true],
    ["https://VAULT.acme.com:8200", true],
    ["https://a.vaults.acme.com", true],
    ["https://vault.svc", true],
    ["https://vault.acme.com", false],
    ["https://vault.acme.com:8201", false],
    ["http://vault.acme.com:8200", false],
    ["http://vault.svc", false],
    ["https://vaults.acme.com", false],
    ["https://evilvaults.acme.com", false],
    ["https://vault.acme.com.evil.com:8200", false],
    ["https://vault.acme.com:8200@evil.com", false],
    ["https://evil.com/#vault.acme.com:8200", false],
    ["https://registry.acme.com", false],
  ])("is in the list, where there is one: %s %s", (url, allowed) => {
    expect(isAllowedAddress(url, listed)).toBe(allowed);
  });

  it("is unencrypted only where the list says so for that host", () => {
    const policy: AddressPolicy = { hosts: ["http://vault.svc:8200", "other.svc"], ports: [8200] };
    expect(isAllowedAddress("http://vault.svc:8200", policy)).toBe(true);
    expect(isAllowedAddress("http://other.svc:8200", policy)).toBe(false);
    expect(isAllowedAddress("https://other.svc:8200", policy)).toBe(true);
  });

  it("is verified unless the operator names its host", () => {
    expect(isUnverified("https://vault.svc:8200", {})).toBe(false);
    expect(isUnverified("https://vault.svc:8200", { unverified: ["vault.svc"] })).toBe(true);
    expect(isUnverified("https://vault.svc:8200", { unverified: ["vault.svc:8201", "*.svc.acme.com"] })).toBe(
      false,
    );
    expect(isUnverified("nonsense", { unverified: ["nonsense"] })).toBe(false);
  });

  it("is never allowed in a form that hides a number, nor one that a parser reads otherwise", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const forms = fc.tuple(octet, octet, octet, octet).chain(([a, b, c, d]) => {
      const whole = ((a * 256 + b) * 256 + c) * 256 + d;
      return fc.constantFrom(
        `${whole}`,
        `0x${whole.toString(16)}`,
        `0${whole.toString(8)}`,
        `0${a.toString(8)}.${b}.${c}.0x${d.toString(16)}`,
        `${a}.${(b * 256 + c) * 256 + d}`,
        `${a}.${b}.${c * 256 + d}`,
        `${a}.${b}.${c}.${d}.`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
      );
    });
    fc.assert(
      fc.property(forms, (host) => {
        expect(isAllowedAddress(`https://${host}/`, anywhere)).toBe(false);
      }),
    );
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from("a1.:/@\\?#%[]x-０。 \t")),
      maxLength: 24,
    });
    fc.assert(
      fc.property(noise, (text) => {
        const url = `https://${text}`;
        const isAsRead = (): boolean => {
          const { hostname, username } = new URL(url);
          return username === "" && text.toLowerCase().startsWith(hostname);
        };
        expect(!isAllowedAddress(url, anywhere) || isAsRead()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a look-up that is guarded", () => {
  const lookUp = async (host: string, policy: AddressPolicy, ...addresses: readonly string[]) => {
    const found = addresses.map((address): LookupAddress => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    const guarded = guardedLookup(policy, (_host, _options, answer) => answer(null, found));
    const ask = (all: boolean) =>
      new Promise<unknown>((resolve) => {
        guarded(host, { all }, (error, address) => resolve(error === null ? address : error.code));
      });
    return { one: await ask(false), all: await ask(true) };
  };

  it("gives what is public of what a name stands for", async () => {
    expect(await lookUp("a.acme.com", {}, "10.0.0.1", "93.184.215.14", "::1", "2606:4700::1111")).toEqual({
      one: "93.184.215.14",
      all: [
        { address: "93.184.215.14", family: 4 },
        { address: "2606:4700::1111", family: 6 },
      ],
    });
  });

  it.each([
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::1%eth0",
    "fd00::1",
    "nonsense",
  ])("gives no %s, whatever its name", async (address) => {
    const blocked = { one: BLOCKED_ADDRESS, all: BLOCKED_ADDRESS };
    expect(await lookUp("127.0.0.1.nip.io", {}, address)).toEqual(blocked);
    expect(await lookUp("a.vaults.acme.com", listed, address)).toEqual(blocked);
  });

  it("gives whatever a host is that is listed by its own name, and what networks are opened", async () => {
    expect((await lookUp("vault.acme.com", listed, "10.0.0.1")).one).toBe("10.0.0.1");
    expect((await lookUp("a.acme.com", { networks: PRIVATE_NETWORKS }, "10.0.0.1")).one).toBe("10.0.0.1");
    expect((await lookUp("a.acme.com", { networks: PRIVATE_NETWORKS }, "127.0.0.1")).one).toBe(
      BLOCKED_ADDRESS,
    );
  });

  it("looks up as dns does, and passes its errors on", async () => {
    const guarded = guardedLookup({ hosts: ["localhost"] });
    const found = await new Promise<unknown>((resolve) => {
      guarded("localhost", { all: true }, (error, addresses) => resolve(error ?? addresses));
    });
    expect(found).toEqual(expect.arrayContaining([expect.objectContaining({ family: expect.any(Number) })]));
    const failing = guardedLookup({}, (_host, _options, answer) =>
      answer(Object.assign(new Error("gone"), { code: "ENOTFOUND" }), []),
    );
    const code = await new Promise((resolve) => {
      failing("gone.acme.com", {}, (error) => resolve(error?.code));
    });
    expect(code).toBe("ENOTFOUND");
  });
});

describe("a redirect", () => {
  const from = "https://registry.acme.com/v2/x";

  it.each([
    ["/v2/y?z", "https://registry.acme.com/v2/y?z"],
    ["y", "https://registry.acme.com/v2/y"],
    ["//cdn.acme.com/y", "https://cdn.acme.com/y"],
    ["https://cdn.acme.com/y", "https://cdn.acme.com/y"],
  ])("to %s leads to %s", (location, target) => {
    expect(redirectTarget(from, location, {})).toEqual(new URL(target));
  });

  it.each([
    ["http://cdn.acme.com/", "scheme"],
    ["https://169.254.169.254/", "network"],
    ["//2852039166/", "disguised-host"],
    ["/\\evil.com/", "not-a-url"],
    ["\\\\evil.com/", "not-a-url"],
    ["https:evil.com", "not-a-url"],
    ["https://cdn.acme.com:22/", "port"],
    ["file:///etc/passwd", "not-a-url"],
    ["javascript:alert(1)", "not-a-url"],
  ])("to %s is refused: %s", (location, reason) => {
    expect(redirectTarget(from, location, {})).toMatchObject({ reason });
  });

  it("never gives up encryption", () => {
    const policy: AddressPolicy = { schemes: ["https", "http"] };
    expect(redirectTarget(from, "http://cdn.acme.com/", policy)).toMatchObject({ reason: "downgrade" });
    expect(redirectTarget("http://a.acme.com/", "http://b.acme.com/", policy)).toBeInstanceOf(URL);
  });
});
