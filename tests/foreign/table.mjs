// The table of docs/CLIENTS.md, “As they come”: what the tests must see.
import { readFileSync } from "node:fs";

const document = readFileSync(new URL("../../docs/CLIENTS.md", import.meta.url), "utf8");

/** `{cuts, caps, end, 204, 401, 404}` of each client, by its name. */
export const asTheyCome = Object.fromEntries(
  [...document.matchAll(/^\| (\S.*?) \| (whole|ends|loses)(?: [^|]*)? \| (.*) \|$/gm)].map(([, name, cuts, rest]) => {
    const [caps, end, ...at] = rest.split(" | ").map((cell) => /^(whole|ends|loses|stops|comes back)/.exec(cell)?.[0]);
    return [name.replaceAll("`", ""), { cuts, caps, end, 204: at[0], 401: at[1], 404: at[2] }];
  }),
);
