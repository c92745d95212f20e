//! Single words: ids, times, levels, states, scopes. What is read is what was written, and nothing else is read.

use jobcast::access::Scopes;
use jobcast::id::{JobId, KeyId, ProjectId};
use jobcast::job::JobState;
use jobcast::logs::parse_level;
use jobcast::session::{self, Host};
use jobcast::time::Timestamp;

pub fn every_word(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let ids = [
        JobId::parse(text).map(|id| id.to_string()),
        ProjectId::parse(text).map(|id| id.to_string()),
        KeyId::parse(text).map(|id| id.to_string()),
    ];
    ids.into_iter().flatten().for_each(|id| assert_eq!(id, text));
    if let Some(time) = Timestamp::parse_iso(text) {
        assert_eq!(Timestamp::parse_iso(&time.iso()), Some(time));
    }
    if let Some(state) = JobState::parse(text) {
        assert_eq!(state.word(), text);
    }
    if let Some(level) = parse_level(text) {
        let word = serde_json::to_string(&level).expect("written");
        assert_eq!(parse_level(word.trim_matches('"')), Some(level));
    }
    if let Ok(scopes) = Scopes::parse(&[text.to_owned()]) {
        assert!(!scopes.is_empty() && Scopes::from_bits(scopes.bits()) == scopes);
    }
    // Nothing that a browser would take for a name of this machine may be taken for one that is not.
    if Host::of(text) == Host::Local {
        assert!(text.ends_with("localhost") || ["127.0.0.1", "[::1]"].contains(&text));
    }
    assert_eq!(session::set_cookie("t", 1, Host::of(text)).contains("; Secure"), Host::of(text) == Host::Public);
}
