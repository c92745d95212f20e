// A request that reaches the service under another name than localhost: `fetch` does not let its caller set `Host`.
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { parsed } from "./request.mjs";

export async function requestKnownAs(host, { url }, path, { method = "GET", headers = {}, json } = {}) {
  const { hostname, port } = new URL(url);
  const type = json && { "content-type": "application/json" };
  const asked = httpRequest({ hostname, port, path, method, agent: false, headers: { host, ...type, ...headers } });
  asked.end(json && JSON.stringify(json));
  const [response] = await once(asked, "response");
  const body = await text(response);
  return { status: response.statusCode, headers: new Headers(response.headersDistinct), text: body, body: parsed(body) };
}
