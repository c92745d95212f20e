// Other people's clients in Chromium, Python, Rust and the shell; `CLIENTS` names some of them.
import { ELSEWHERE, IN_NODE } from "./clients.mjs";
import { tryAll } from "./suite.mjs";

const named = (process.env.CLIENTS ?? "").split(",").filter(Boolean);

tryAll(named.length === 0 ? [...IN_NODE, ...ELSEWHERE] : [...IN_NODE, ...ELSEWHERE].filter(({ name }) => named.some((part) => name.includes(part))));
