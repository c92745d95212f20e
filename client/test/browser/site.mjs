// A page of another origin than the service's, and Chromium to look at it.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS } from "../../../scripts/chromium.mjs";

/**
 * One for all tests of a file. `page` is the HTML of its one page, which a test sets before it opens a tab; every other path
 * is a script, from the file that `script` names for it.
 */
export function siteOfFile(script) {
  const site = { page: "" };
  const server = createServer(async ({ url }, answer) => {
    const isPage = url === "/";
    const content = isPage ? site.page : await readFile(script(url)).catch(() => "");
    answer.setHeader("content-type", isPage ? "text/html" : "text/javascript").end(content);
  });
  before(async () => {
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    site.url = `http://127.0.0.1:${server.address().port}/`;
    site.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  });
  after(async () => {
    await site.browser?.close();
    server.closeAllConnections();
    server.close();
  });
  /** The page in a tab of its own, closed with the test. */
  site.open = async (t, options) => {
    const tab = await site.browser.newPage(options);
    t.after(() => tab.close());
    await tab.goto(site.url);
    return tab;
  };
  return site;
}
