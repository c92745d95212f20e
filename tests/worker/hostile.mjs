// What a hostile producer sends as text: whatever ends a line, a block or a string somewhere, or looks like a field of an event stream.
const EVENT = "a\n\nevent: job:completed\nid: 99\nretry: 1\ndata: {}\n\n";

export const TEXTS = {
  "a whole event": EVENT,
  "a whole event with carriage returns": EVENT.replaceAll("\n", "\r"),
  "a whole event with both": EVENT.replaceAll("\n", "\r\n"),
  "a field after an empty line": "\ndata: {}\n\r\r\n",
  "a comment": ": ping",
  "an id": "id: 99",
  "outer spaces": "  a  ",
  "a byte order mark": "\ufeffa",
  "separators, marks and pairs of Unicode": "a\u2028b\u2029c\u0085d\u000be\u000cf\u202eg\u2066h\u{1f980}i\u{10ffff}",
  "quotes and escapes": "\"}\\u000a\\n\\\"{'",
  "a word of prototypes": "__proto__",
  "markup": "</script><script>alert(1)</script><!--",
};
