// ULIDs: 48 bits of time and 80 of chance, in Crockford's base 32.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function ulid(now = Date.now()): string {
  let text = "";
  for (let rest = now; text.length < 10; rest = Math.floor(rest / 32)) text = LETTERS[rest % 32] + text;
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) text += LETTERS[byte & 31];
  return text;
}
