// The demo's work, none of it pretended: every file is hashed, compressed in many ways until the smallest is known, and read back.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { sources } from "./tree.mjs";

export const STAGES = ["scan", "hash", "compress", "verify"];

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** How long the compressing should take: as many ways are tried as fit. */
const SECONDS = Number(process.env.DEMO_SECONDS || 20);
/** Where in the job's percent the stages begin. */
const PERCENT = { hash: 2, compress: 5, verify: 95 };

const brotli = (mode, window) => ({
  title: `brotli, ${mode} mode, window 2^${window}`,
  pack: (content) => promisify(brotliCompress)(content, { params: {
    [constants.BROTLI_PARAM_MODE]: mode === "text" ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
    [constants.BROTLI_PARAM_LGWIN]: window,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  } }),
  unpack: promisify(brotliDecompress),
});
const GZIP = { title: "gzip, level 9", pack: (content) => promisify(gzip)(content, { level: 9 }), unpack: promisify(gunzip) };
const WINDOWS = [22, 16, 18, 20, 24, 14, 12, 17, 19, 21, 23, 15, 13, 11, 10];
const WAYS = WINDOWS.flatMap((window) => [brotli("text", window), brotli("generic", window)]);

/** Resolves to the job's result. */
export async function work(attempt, folder) {
  const { files } = await attempt.stage("scan", () => scan(attempt));
  await attempt.stage("hash", () => hash(attempt, files));
  await attempt.stage("compress", () => compress(attempt, files));
  const { manifest } = await attempt.stage("verify", () => verify(attempt, files, folder));
  return { files: files.length, bytes: sum(files, sizeOf), compressed: sum(files, packedSize), manifest };
}

const sizeOf = ({ content }) => content.length;
const packedSize = ({ best }) => best.packed.length;
const sum = (files, size) => files.reduce((total, file) => total + size(file), 0);
const share = (part, whole) => `${((part / whole) * 100).toFixed(1)} %`;

async function scan(attempt) {
  const files = await sources(ROOT);
  attempt.progress(PERCENT.hash, `${files.length} files`);
  return { files, detail: `${files.length} files, ${sum(files, sizeOf)} bytes` };
}

async function hash(attempt, files) {
  for (const [index, file] of files.entries()) {
    attempt.signal.throwIfAborted();
    file.sha256 = sha256(file.content);
    attempt.log(`${file.sha256.slice(0, 16)}… ${file.path}`, { source: "hash" });
    attempt.progress(PERCENT.hash + (index / files.length) * (PERCENT.compress - PERCENT.hash), `Hashing ${file.path}`);
  }
  await attempt.checkpoint({ checkpoint: "hashed", files: files.length });
  return { detail: `SHA-256 of ${files.length} files` };
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

async function compress(attempt, files) {
  const ways = [GZIP, ...WAYS.slice(0, await affordable(files))];
  for (const [index, way] of ways.entries()) {
    await tryWay(attempt, files, way, { index, of: ways.length });
    await attempt.checkpoint({ checkpoint: "tried", way: way.title, smallestSoFar: sum(files, packedSize) });
  }
  return { detail: `${ways.length} ways tried, smallest ${share(sum(files, packedSize), sum(files, sizeOf))}` };
}

/** How many ways fit into the time, by a try on some of the files. */
async function affordable(files) {
  const sample = files.filter((_, index) => index % 4 === 0);
  const began = performance.now();
  for (const { content } of sample) await WAYS[0].pack(content);
  const perWay = ((performance.now() - began) / sum(sample, sizeOf)) * sum(files, sizeOf);
  return Math.min(WAYS.length, Math.max(1, Math.round((SECONDS * 1_000) / perWay)));
}

async function tryWay(attempt, files, way, { index, of }) {
  const total = sum(files, sizeOf);
  let done = 0;
  for (const file of files) {
    attempt.signal.throwIfAborted();
    const packed = await way.pack(file.content);
    if (!file.best || packed.length < file.best.packed.length) {
      attempt.log(`${file.path}: ${file.best?.packed.length ?? file.content.length} → ${packed.length} bytes`, { source: way.title });
      file.best = { way, packed };
    }
    done += file.content.length;
    const part = done / total;
    const overall = PERCENT.compress + ((index + part) / of) * (PERCENT.verify - PERCENT.compress);
    attempt.progress(overall, `Way ${index + 1} of ${of}: ${way.title}`, { compress: { percent: Math.round(part * 1000) / 10, message: file.path } });
  }
}

/** Writes what was found, reads it back from the disk, and compares with the hashes of the beginning. */
async function verify(attempt, files, folder) {
  await mkdir(join(folder, "packed"));
  for (const { sha256: expected, path, best } of files) {
    attempt.signal.throwIfAborted();
    const packed = join(folder, "packed", expected);
    await writeFile(packed, best.packed);
    if (sha256(await best.way.unpack(await readFile(packed))) !== expected) throw new Error(`${path} came back changed.`);
  }
  const manifest = join(folder, "manifest.json");
  const entry = ({ path, sha256, content, best }) => ({ path, sha256, bytes: content.length, packed: best.packed.length, way: best.way.title });
  await writeFile(manifest, JSON.stringify(files.map(entry), null, 2));
  return { manifest, detail: `${files.length} files read back unchanged` };
}
