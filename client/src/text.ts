// Text as the service takes it. A job should not fail for a character in what it says of itself: output that was cut in the middle of
// a pair, or a NUL in it, becomes the sign for what cannot be shown.
const SIGN = "\uFFFD";

/** Half of a surrogate pair is no character, and no UTF-8 can carry it. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, SIGN);

/** For words that the service shows, which must be free of NUL. */
export const showable = (text: string): string => wellFormed(text).replaceAll("\0", SIGN);

/** `JSON.stringify`, with every text in it well formed. */
export const json = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? wellFormed(part) : part));
