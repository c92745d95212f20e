//! Owns the reading of the plainest entries of log batches, which are nearly all: objects of strings in which nothing is escaped. They
//! are cut where they lie, a word of eight bytes at a time.
//! Refuses nothing and decides nothing: what is not so plain is for `quick`, and so is what the fields mean.

/// What the fields of an entry say.
#[derive(Debug, Default, PartialEq)]
pub struct PlainEntry<'a> {
    pub message: Option<&'a str>,
    pub level: Option<&'a str>,
    pub timestamp: Option<&'a str>,
    pub source: Option<&'a str>,
}

/// The entry with which `text` begins, and what comes after it; `None` where it is not plain.
pub fn plain_entry(text: &str) -> Option<(PlainEntry<'_>, &str)> {
    let mut rest = skipped(text.strip_prefix('{')?);
    let mut entry = PlainEntry::default();
    loop {
        let (name, after) = string(rest)?;
        let (value, after) = string(skipped(skipped(after).strip_prefix(':')?))?;
        let place = match name {
            "message" => &mut entry.message,
            "level" => &mut entry.level,
            "timestamp" => &mut entry.timestamp,
            "source" => &mut entry.source,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
        let after = skipped(after);
        match after.strip_prefix(',') {
            Some(more) => rest = skipped(more),
            None => return Some((entry, after.strip_prefix('}')?)),
        }
    }
}

/// What follows JSON's own white space.
pub fn skipped(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(b' ' | b'\n' | b'\r' | b'\t') => text.trim_start_matches([' ', '\n', '\r', '\t']),
        _ => text,
    }
}

/// What stands between the quotes with which `text` begins, and what comes after them.
fn string(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('"')?;
    let (inside, rest) = text.split_at_checked(plain_bytes(text.as_bytes()))?;
    Some((inside, rest.strip_prefix('"')?))
}

const EACH: u64 = 0x0101_0101_0101_0101;
const TOP: u64 = 0x8080_8080_8080_8080;

/// How many bytes there are before a quote, an escape or a control character.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // A byte's top bit is set where the byte is below: of the lowest such byte this holds for certain.
        let below = |word: u64, bound: u8| word.wrapping_sub(EACH * u64::from(bound)) & !word;
        let is = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
        let found = (is(b'"') | is(b'\\') | below(word, b' ')) & TOP;
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..b' ');
    bytes.len() - rest.len() + rest.iter().take_while(|byte| is_plain(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_at_whatever_ends_it_wherever_that_is() {
        for end in ['"', '\\', '\n', '\u{0}', '\u{1f}'] {
            for length in 0..40 {
                let text = format!("{}{end}rest of it", "aé \u{7f}~".chars().cycle().take(length).collect::<String>());
                assert_eq!(plain_bytes(text.as_bytes()), text.find(end).unwrap(), "{text:?}");
            }
        }
        assert_eq!(plain_bytes("aé".as_bytes()), 3);
    }

    #[test]
    fn what_is_plain_is_cut_where_it_lies() {
        let text = "{ \"level\" : \"info\",\"message\":\"é\" ,\n\"source\":\"w\"},{";
        let entry = PlainEntry { level: Some("info"), message: Some("é"), source: Some("w"), timestamp: None };
        assert_eq!(plain_entry(text), Some((entry, ",{")));
        for other in [
            "",
            "[",
            "{}",
            "{\"message\":1}",
            "{\"message\":\"a\\n\"}",
            "{\"more\":\"a\"}",
            "{\"level\":\"a\",\"level\":\"a\"}",
            "{\"level\":\"a\"",
            "{\"level\":\"a\",}",
        ] {
            assert_eq!(plain_entry(other), None, "{other}");
        }
    }
}
