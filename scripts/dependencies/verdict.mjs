// What a check of the dependencies comes to.

/** Nothing found, something found, or nobody there to ask: never taken for nothing found. */
export const CLEAN = "clean";
export const FOUND = "found";
export const UNREACHABLE = "unreachable";
