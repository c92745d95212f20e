// A way to the service on which answers are lost: the request arrives and is carried out, and its sender's connection breaks instead of
// bringing the answer.
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Until the test `t` ends. Loses what `loses({path, body})` says, an answer each time; the others pass, whole.
 * `lost(path)` gives the last answer, `{status, body}`, that nobody got to read.
 */
export async function swallowing(t, url, loses = () => true) {
  const answers = new Map();
  const server = createServer(async (asked, response) => {
    const { host, connection, ...headers } = asked.headers;
    const body = Buffer.concat(await asked.toArray());
    const answer = await fetch(url + asked.url, { method: asked.method, headers, body: body.length ? body : undefined });
    const text = await answer.text();
    const told = { path: asked.url, status: answer.status, body: JSON.parse(text) };
    if (!loses(told)) return response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
    answers.set(asked.url, told);
    response.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, lost: (path) => answers.get(path) };
}
