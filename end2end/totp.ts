import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text: string): Buffer {
  let bits = '';
  for (const letter of text) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map(byte => parseInt(byte, 2)));
}

/** The code of one 30-second step (RFC 6238 with SHA-1 and six digits). */
export function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = digest[19]! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * One person's authenticator. A code works once, and only a step above the last used; the server takes one
 * step of skew. So it hands out the steps around now in order, and waits only when they are used up.
 */
export class Authenticator {
  private last = 0;
  constructor(private readonly secret: string) {}

  async next(): Promise<string> {
    const now = () => Math.floor(Date.now() / 30_000);
    // the step before this one, unless it is about to be one too many while the form is filled in
    const first = Date.now() % 30_000 < 20_000 ? now() - 1 : now();
    const step = Math.max(first, this.last + 1);
    while (step > now() + 1) await new Promise(done => setTimeout(done, 250));
    this.last = step;
    return codeOfStep(this.secret, step);
  }

  /** Goes on where another of the same secret stopped. */
  follow(other: Authenticator): void {
    this.last = other.last;
  }

  /** The code that was used last: it worked once. */
  used(): string {
    return codeOfStep(this.secret, this.last);
  }

  /** Six digits that are none of the codes around now. */
  wrong(): string {
    const now = Math.floor(Date.now() / 30_000);
    const near = [-2, -1, 0, 1, 2].map(step => codeOfStep(this.secret, now + step));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !near.includes(code))!;
  }
}
