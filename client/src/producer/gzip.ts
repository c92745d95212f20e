// A batch of log lines as it goes over the wire: NDJSON, gzipped where that pays.

const WORTH_BYTES = 1_024;

export interface Packed {
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

export async function pack(lines: readonly string[]): Promise<Packed> {
  const headers = { "content-type": "application/x-ndjson" };
  const plain = new TextEncoder().encode(lines.join("\n"));
  if (plain.length < WORTH_BYTES || typeof CompressionStream === "undefined") return { body: plain, headers };
  return { body: await gzip(plain), headers: { ...headers, "content-encoding": "gzip" } };
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
