// Log batches in the six forms of seed 004: a JSON array, an object with `logs`, or NDJSON, each plain and gzip.
import { gzipSync } from "node:zlib";

const FORMS = {
  "a JSON array": ["application/json", (entries) => JSON.stringify(entries)],
  "an object with logs": ["application/json", (entries) => JSON.stringify({ logs: entries })],
  NDJSON: ["application/x-ndjson", (entries) => entries.map((entry) => JSON.stringify(entry) + "\n").join("")],
};

const plain = ([type, encode]) => (entries) => ({ headers: { "content-type": type }, body: encode(entries) });

const zipped = ([type, encode]) => (entries) => ({
  headers: { "content-type": type, "content-encoding": "gzip" }, body: gzipSync(encode(entries)),
});

/** By name: what turns entries into the options of a request. */
export const BATCHES = Object.fromEntries(
  Object.entries(FORMS).flatMap(([name, form]) => [[name, plain(form)], [`${name}, gzip`, zipped(form)]]),
);
