//! The texts with which web-platform-tests (`eventsource/format-*`) try a parser, and what else is known to break one.
//! There they are streams that a server sends; here a producer gives them as its text, and they must come out as text.

pub fn cases() -> Vec<(&'static str, String)> {
    let long = "x".repeat(2 * 1024);
    let short = [
        ("a byte order mark", "\u{feff}data:1\n\n\u{feff}data:2\n\ndata:3"),
        ("two byte order marks", "\u{feff}\u{feff}data:1\n\ndata:2\n\ndata:3"),
        ("data without the final empty line", "retry:1000\ndata:test1\n\nid:test\ndata:test2"),
        ("empty data", "data:\n\ndata\ndata\n\ndata:test"),
        ("an empty event", "event: \ndata:data"),
        ("an event's name", "event:test\ndata:x\n\ndata:x"),
        ("an id", "data:2\n\nid:1"),
        ("an id without a value", "id: 7\n\nid\ndata: x\n\n"),
        ("an id with NUL", "id:a\0b\ndata:x"),
        (
            "fields that are none",
            "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\n\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n",
        ),
        ("unknown fields", "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:comment\ndata:test"),
        ("leading space", "data:\ttest\rdata: \ndata:test"),
        ("a space that leads", " x"),
        ("two spaces that lead", "  x"),
        ("a newline fest", "data:test\r\ndata\ndata:test\r\n\r"),
        ("NUL", "data:\0\n\n"),
        ("retry", "retry:3000\n\nretry:1000x\ndata:x"),
        ("retry without a value", "retry\ndata:test"),
        ("letters of two, three and four bytes", "dåta: €, 🦀, e\u{301}"),
        ("only LF", "\n"),
        ("only CR", "\r"),
        ("only CRLF", "\r\n"),
        ("LF before CR", "\n\r"),
        ("a colon", ":"),
        ("a comment", ": ping\n\n"),
        ("nothing", ""),
        ("what other languages end lines with", "1\u{2028}2\u{2029}3\u{85}4\u{b}5\u{c}6\u{1c}7\u{1e}8"),
        ("the last letter there is", "\u{10ffff}"),
    ];
    let comments = format!("data:1\r:\0\n:\r\ndata:2\n:{long}\rdata:3\n:data:fail\r:{long}\ndata:4\n");
    let lines = [
        ("comments", comments),
        ("a very long line", "x🦀".repeat(20_000)),
        ("very many lines", "\r\n".repeat(10_000)),
    ];
    short.map(|(name, text)| (name, text.to_owned())).into_iter().chain(lines).collect()
}
