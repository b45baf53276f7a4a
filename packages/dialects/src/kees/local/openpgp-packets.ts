import { bytesOf } from "./local-rsa-key.js";

/** What a packet is: RFC 4880, 4.3. */
export const TAG = { signature: 2, secretKey: 5, publicKey: 6, user: 13 } as const;

/** A packet of the new format, its length in five bytes. */
export function packet(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | tag, 0xff), fourBytes(body.length), body]);
}

/** A part of a signature, shorter than 192 bytes. */
export function subpacket(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(body.length + 1, type), body]);
}

/** A number with its length in bits before it. */
export function integer(number: bigint): Buffer {
  return Buffer.concat([twoBytes(number.toString(2).length), bytesOf(number)]);
}

export function twoBytes(number: number): Buffer {
  return Buffer.of(number >> 8, number & 0xff);
}

export function fourBytes(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** Packets as text: RFC 4880, 6.2. */
export function armored(what: string, packets: Buffer): string {
  const lines = packets.toString("base64").match(/.{1,64}/g) ?? [];
  const checksum = crc24(packets).toString("base64");
  return [
    `-----BEGIN PGP ${what} BLOCK-----`,
    "",
    ...lines,
    `=${checksum}`,
    `-----END PGP ${what} BLOCK-----`,
    "",
  ].join("\n");
}

function crc24(bytes: Buffer): Buffer {
  let crc = 0xb7_04_ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1_00_00_00) !== 0) crc ^= 0x1_86_4c_fb;
    }
  }
  return fourBytes(crc & 0xff_ff_ff).subarray(1);
}
