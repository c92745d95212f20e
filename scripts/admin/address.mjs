// Which service is meant, and the token for it. Invariant: the token of this machine's service goes to this machine only.
import { keptProject } from "../project.mjs";
import { keptSecrets } from "../secrets.mjs";
import { Refusal } from "../step.mjs";
import { Misuse } from "./arguments.mjs";

const { env } = process;
const DEFAULT_URL = "http://localhost:8787";
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** `{url, local, token}`; `url` ends without a slash. */
export function address(options) {
  const url = base(options.url ?? (env.JOBCAST_URL || keptProject()?.url || DEFAULT_URL));
  const local = THIS_MACHINE.includes(url.hostname);
  const token = options.token ?? (env.ADMIN_TOKEN || (local ? keptSecrets().ADMIN_TOKEN : undefined));
  return { url: url.href.replace(/\/+$/, ""), local, token: sendable(token, url, local) };
}

function base(text) {
  const url = URL.canParse(text) ? new URL(text) : {};
  const plain = /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!plain) throw new Misuse(`“${text}” is no address of a service: give --url or JOBCAST_URL like ${DEFAULT_URL}`);
  return url;
}

/** A header that cannot be sent would be refused by fetch with the token in the message. */
function sendable(token, { host }, local) {
  if (/^[\x21-\x7e]+$/.test(token ?? "")) return token;
  if (token) throw new Refusal("The admin token holds characters that no token has: check --token or ADMIN_TOKEN.");
  const made = local ? "`npm start` makes one for this machine; or give" : `The one in .dev.vars is only for this machine: for ${host} give`;
  throw new Refusal(`There is no admin token. ${made} ADMIN_TOKEN or --token.`);
}
