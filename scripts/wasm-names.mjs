// The names of functions in a WebAssembly module: of no use to who runs it, and a tenth of what is uploaded.

const HEADER = 8;
const CUSTOM = 0;

/** The module without its names. Its functions keep their numbers, by which a stack trace then calls them. */
export function withoutNames(module) {
  const kept = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length;) {
    const [size, body] = number(module, at + 1);
    if (!(module[at] === CUSTOM && nameOf(module, body) === "name")) kept.push(module.subarray(at, body + size));
    at = body + size;
  }
  return Buffer.concat(kept);
}

function nameOf(module, body) {
  const [length, begin] = number(module, body);
  return module.toString("utf8", begin, begin + length);
}

/** An unsigned LEB128, and where it ends. */
function number(module, at) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = module[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
