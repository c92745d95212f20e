// What producers send, rendered before it is sent.
import { gzipSync } from "node:zlib";
import { range } from "../../tests/torture/load/producer.mjs";

export const bytes = (value) => [...Buffer.from(typeof value === "string" ? value : JSON.stringify(value))];
export const JSON_TYPE = "Content-Type: application/json\r\n";
export const GZIP = `${JSON_TYPE}Content-Encoding: gzip\r\n`;

export const PROGRESS = range(20).map((number) => bytes({ percent: number * 5, message: `Encoding video, frame ${number * 137} of 2740` }));

/** Batches of so many lines of some eighty characters, as programs print them. */
export function batches(size) {
  return range(4).map((batch) =>
    range(size).map((number) => ({
      level: number % 10 === 0 ? "warn" : "info",
      message: `frame=${batch * size + number} fps=${(number * 7) % 60} q=28.0 size=${number * 37}kB time=00:0${number % 10}:1${number % 7}.04 speed=1.${number % 9}x`,
    })),
  );
}

export const plain = (batch) => bytes(batch);
export const gzipped = (batch) => [...gzipSync(JSON.stringify(batch))];
