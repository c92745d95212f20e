//! Log batches: a JSON list, an object with `logs`, NDJSON, each plain and gzip (seed 004); whole or not at all.

use crate::memory::peak_of;
use crate::{invalid, limits, refusal, too_large};
use flate2::Compression;
use flate2::write::GzEncoder;
use jobcast::command::LogEntry;
use jobcast::event::LogLevel;
use jobcast::logs::{self, BatchFormat, Encoding, read_with_care};
use jobcast::problem::{Code, Problem};
use serde_json::{Value, json};
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// What the service makes of a batch; whatever it is, the careful reading alone makes the same of it.
fn parse_batch(bytes: &[u8], format: BatchFormat, encoding: Encoding) -> Result<Vec<LogEntry>, Problem> {
    let read = logs::parse_batch(bytes, format, encoding).map(|batch| batch.entries());
    if encoding == Encoding::Plain {
        assert_eq!(read, read_with_care(bytes, format));
    }
    read
}

fn read_json(body: &Value) -> Result<Vec<LogEntry>, Problem> {
    parse_batch(body.to_string().as_bytes(), BatchFormat::Json, Encoding::Plain)
}

fn read_lines(text: &str) -> Result<Vec<LogEntry>, Problem> {
    parse_batch(text.as_bytes(), BatchFormat::NdJson, Encoding::Plain)
}

fn messages(entries: &[LogEntry]) -> Vec<(LogLevel, &str)> {
    entries.iter().map(|entry| (entry.level, entry.message.as_str())).collect()
}

#[test]
fn the_batches_of_the_seed_are_taken() {
    let batch = json!({ "logs": [
        { "level": "info", "message": "worker boot" },
        { "level": "warn", "message": "fallback codec selected" },
        "done with preflight",
    ] });
    let expected = [(LogLevel::Info, "worker boot"), (LogLevel::Warn, "fallback codec selected"), (LogLevel::Info, "done with preflight")];
    assert_eq!(messages(&read_json(&batch).unwrap()), expected);
    assert_eq!(messages(&read_json(&batch["logs"]).unwrap()), expected);
    let lines = "{\"level\":\"debug\",\"message\":\"started\"}\n{\"level\":\"error\",\"message\":\"disk full\"}\n";
    let packed = parse_batch(&gzip(lines.as_bytes()), BatchFormat::NdJson, Encoding::Gzip).unwrap();
    assert_eq!(messages(&packed), [(LogLevel::Debug, "started"), (LogLevel::Error, "disk full")]);
}

#[test]
fn an_entry_keeps_every_field_of_the_seed() {
    let entry = json!([{
        "message": "transcode pass started", "level": "info", "timestamp": "2026-03-01T09:21:01.120Z",
        "source": "worker-a", "metadata": { "pass": 1 }, "unknown": true,
    }]);
    let entry = read_json(&entry).unwrap().remove(0);
    assert_eq!(entry.timestamp.map(|time| time.iso()).as_deref(), Some("2026-03-01T09:21:01.120Z"));
    assert_eq!((entry.source.as_deref(), entry.metadata), (Some("worker-a"), Some(json!({ "pass": 1 }))));
}

#[test]
fn each_form_may_be_packed() {
    for (text, format) in [(r#"["a"]"#, BatchFormat::Json), (r#"{"logs":["a"]}"#, BatchFormat::Json), ("\"a\"", BatchFormat::NdJson)] {
        let plain = parse_batch(text.as_bytes(), format, Encoding::Plain).unwrap();
        assert_eq!(parse_batch(&gzip(text.as_bytes()), format, Encoding::Gzip).unwrap(), plain, "{text}");
    }
}

#[test]
fn a_file_of_lines_may_end_as_files_do() {
    for text in ["\"a\"\n\"b\"", "\"a\"\n\"b\"\n", "\"a\"\r\n\"b\"\r\n", "\n\"a\"\n\n  \n\"b\"\n\n"] {
        assert_eq!(messages(&read_lines(text).unwrap()), [(LogLevel::Info, "a"), (LogLevel::Info, "b")], "{text:?}");
    }
}

#[test]
fn a_program_may_print_an_empty_line() {
    assert_eq!(messages(&read_json(&json!([""])).unwrap()), [(LogLevel::Info, "")]);
}

#[test]
fn levels_have_their_words_whatever_their_case() {
    for (word, level) in [("trace", LogLevel::Trace), ("DEBUG", LogLevel::Debug), ("Warning", LogLevel::Warn), ("fatal", LogLevel::Fatal)] {
        assert_eq!(read_json(&json!([{ "message": "x", "level": word }])).unwrap()[0].level, level);
    }
}

#[test]
fn one_bad_entry_refuses_the_batch_and_is_named() {
    for (entry, field) in [
        (json!(5), "logs[1]"),
        (json!(null), "logs[1]"),
        (json!(["x"]), "logs[1]"),
        (json!({}), "logs[1].message"),
        (json!({ "message": 5 }), "logs[1].message"),
        (json!({ "message": "x", "level": "loud" }), "logs[1].level"),
        (json!({ "message": "x", "level": 3 }), "logs[1].level"),
        (json!({ "message": "x", "timestamp": "noon" }), "logs[1].timestamp"),
        (json!({ "message": "x", "source": 5 }), "logs[1].source"),
    ] {
        assert_eq!(refusal(read_json(&json!(["good", entry, "good"]))), invalid(field), "{entry}");
        assert_eq!(refusal(read_json(&json!({ "logs": ["good", entry] }))), invalid(field), "{entry}");
        assert_eq!(refusal(read_lines(&format!("\"good\"\n{entry}\n"))), invalid(field), "{entry}");
    }
}

#[test]
fn what_is_no_batch_is_refused() {
    for body in [json!([]), json!({}), json!({ "logs": [] }), json!({ "logs": "x" }), json!({ "logs": null }), json!("x"), json!(5), json!(null)] {
        assert_eq!(refusal(read_json(&body)), invalid("logs"), "{body}");
    }
    for text in ["", "\n\n", "  "] {
        assert_eq!(refusal(read_lines(text)), invalid("logs"), "{text:?}");
    }
    for text in ["[\"a\"", "[\"a\",]", "{\"logs\":[\"a\"]", "[\"a\"]]", "[\"a\"] [\"b\"]", "nonsense", ""] {
        let outcome = parse_batch(text.as_bytes(), BatchFormat::Json, Encoding::Plain);
        assert_eq!(refusal(outcome).map(|(code, _)| code), Some(Code::InvalidJson), "{text:?}");
    }
    let line = refusal(read_lines("\"a\"\n{\"message\":\n\"b\"\n"));
    assert!(matches!(&line, Some((Code::InvalidJson, field)) if !field.is_empty()), "{line:?}");
}

#[test]
fn a_thousand_entries_are_a_batch_and_one_more_is_not() {
    for (count, expected) in [(limits::LOG_ENTRIES, None), (limits::LOG_ENTRIES + 1, too_large("logs"))] {
        assert_eq!(refusal(read_json(&json!(vec!["x"; count]))), expected);
        assert_eq!(refusal(read_json(&json!({ "logs": vec!["x"; count] }))), expected);
        assert_eq!(refusal(read_lines(&"\"x\"\n".repeat(count))), expected);
    }
}

#[test]
fn a_line_has_sixteen_kibibytes_and_not_one_more() {
    let longest = "é".repeat(limits::LOG_LINE / 2);
    assert_eq!(refusal(read_json(&json!([longest, { "message": longest }]))), None);
    assert_eq!(refusal(read_json(&json!([format!("{longest}x")]))), too_large("logs[0]"));
    assert_eq!(refusal(read_json(&json!([{ "message": format!("{longest}x") }]))), too_large("logs[0].message"));
    let metadata = |bytes: usize| json!([{ "message": "x", "metadata": "x".repeat(bytes - 2) }]);
    assert_eq!(refusal(read_json(&metadata(limits::LOG_LINE))), None);
    assert_eq!(refusal(read_json(&metadata(limits::LOG_LINE + 1))), too_large("logs[0].metadata"));
}

#[test]
fn what_is_no_gzip_or_ends_early_is_refused() {
    let whole = gzip(br#"["one","two"]"#);
    for cut in [0, 1, 9, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
        let outcome = parse_batch(&whole[..cut], BatchFormat::Json, Encoding::Gzip);
        assert!(outcome.is_err(), "{cut} of {} bytes", whole.len());
        assert_eq!(outcome.unwrap_err().status(), 400);
    }
    let mut broken = whole.clone();
    let last = broken.len() - 6;
    broken[last] ^= 1;
    assert_eq!(refusal(parse_batch(&broken, BatchFormat::Json, Encoding::Gzip)), invalid("body"));
    assert_eq!(refusal(parse_batch(br#"["plain"]"#, BatchFormat::Json, Encoding::Gzip)), invalid("body"));
}

#[test]
fn a_batch_may_unpack_to_its_cap_and_no_further() {
    let filled = |bytes: usize| [b"[\"x\"]".as_slice(), &vec![b' '; bytes - 5]].concat();
    let read = |bytes: usize| parse_batch(&gzip(&filled(bytes)), BatchFormat::Json, Encoding::Gzip);
    assert_eq!(refusal(read(limits::LOG_BATCH_UNPACKED)), None);
    assert_eq!(refusal(read(limits::LOG_BATCH_UNPACKED + 1)), too_large("body"));
}

/// Two hundred members of a mebibyte each, which fit into one batch on the wire.
#[test]
fn a_gzip_bomb_is_refused_and_costs_no_memory() {
    let bomb = gzip(&vec![b' '; 1024 * 1024]).repeat(200);
    assert!(bomb.len() <= limits::LOG_BATCH_WIRE);
    let mut outcome = None;
    let peak = peak_of(|| outcome = refusal(parse_batch(&bomb, BatchFormat::Json, Encoding::Gzip)));
    assert_eq!(outcome, too_large("body"));
    assert!(peak < 4 * limits::LOG_BATCH_UNPACKED, "{peak} bytes");
}

/// Small values take many times their text once they are parsed; an isolate has 128 MB for all its objects.
#[test]
fn a_batch_of_very_many_small_values_costs_no_memory_either() {
    let unpacked = limits::LOG_BATCH_UNPACKED;
    for body in [format!("[0{}]", ",0".repeat(unpacked / 2 - 2)), format!("[[0{}]]", ",0".repeat(unpacked / 2 - 3)), "0\n".repeat(unpacked / 2)] {
        let format = if body.starts_with('[') { BatchFormat::Json } else { BatchFormat::NdJson };
        let mut outcome = None;
        let peak = peak_of(|| outcome = refusal(parse_batch(body.as_bytes(), format, Encoding::Plain)));
        assert_eq!(outcome.map(|(code, _)| code.status()), Some(413), "{}", &body[..4]);
        assert!(peak < 2 * unpacked, "{peak} bytes for {}", &body[..4]);
    }
}
