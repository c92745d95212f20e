// Request bodies: read under their caps, unpacked, parsed once.
import { refuse, refuseField } from "./problem.js";

const JSON_BODY = 256 * 1024;
const BATCH_WIRE = 1024 * 1024;
const BATCH_UNPACKED = 8 * 1024 * 1024;
const NESTING = 64;

export type Fields = Record<string, unknown>;

const mediaType = (request: Request) => (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();

/** A JSON body; an absent one is `{}`. */
export async function jsonBody(request: Request): Promise<unknown> {
  const text = await textUnder(request, JSON_BODY);
  if (text === "") return {};
  if (mediaType(request) !== "application/json") refuse("unsupported_media_type", "Send the body as application/json.");
  if (isGzip(request)) refuse("unsupported_media_type", "Only log batches may be compressed: send this body plain.");
  return parsed(text);
}

/** The entries of a log batch, and nothing looked at yet. */
export async function batchBody(request: Request): Promise<unknown[]> {
  const type = mediaType(request);
  const isJson = type === "application/json";
  if (!isJson && !["application/x-ndjson", "application/ndjson", "application/jsonl"].includes(type)) {
    refuse("unsupported_media_type", "Send logs as application/json or application/x-ndjson.");
  }
  const text = isGzip(request) ? await unpacked(request) : await textUnder(request, BATCH_WIRE);
  if (!isJson) return text.split("\n").filter((line) => line.trim() !== "").map(parsed);
  const body = parsed(text);
  const entries = Array.isArray(body) ? body : (body as Fields | null)?.logs;
  return Array.isArray(entries) ? entries : refuseField("logs", "Send a list of entries, or an object with such a list as logs.");
}

function isGzip(request: Request): boolean {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (!["", "identity", "gzip", "x-gzip"].includes(encoding)) refuse("unsupported_media_type", "The only content encoding is gzip.");
  return encoding.endsWith("gzip");
}

/** With a length that fits, the runtime reads all at once; without one, piece by piece up to the cap. */
async function textUnder(request: Request, cap: number): Promise<string> {
  const declared = request.headers.get("content-length");
  if (Number(declared ?? 0) > cap) tooLarge(cap);
  if (!request.body) return "";
  return declared === null ? textOf(request.body, cap) : request.text();
}

async function unpacked(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > BATCH_WIRE) tooLarge(BATCH_WIRE);
  const body = request.body?.pipeThrough(new DecompressionStream("gzip"));
  try {
    return body ? await textOf(body, BATCH_UNPACKED) : "";
  } catch (error) {
    if (error instanceof TypeError) return refuseField("body", "The body is not valid gzip, though Content-Encoding says so.");
    throw error;
  }
}

async function textOf(body: ReadableStream<Uint8Array>, cap: number): Promise<string> {
  const [decoder, parts] = [new TextDecoder(), [] as string[]];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > cap) tooLarge(cap);
    parts.push(decoder.decode(piece, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

const tooLarge = (cap: number): never => refuse("too_large", `The body is larger than ${cap} bytes.`, { field: "body" });

function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse("invalid_json", `The body is not valid JSON: ${(error as Error).message}.`, { field: "body" });
  }
  return nests(value, NESTING) ? value : refuseField("body", `The body nests deeper than ${NESTING} levels.`);
}

function nests(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  for (const part of Array.isArray(value) ? value : Object.values(value)) if (!nests(part, levels - 1)) return false;
  return true;
}
