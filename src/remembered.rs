//! Owns what an isolate remembers for a moment of what it looked up in the directory.
//! Invariant: what has changed there is noticed `REMEMBERED_MS` + `LOOKING_MS` later at the latest; and when something
//! that was known is to be looked up again, one of those who ask does it for the next `LOOKING_MS`, however many there are.

use crate::time::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;

/// How long it is trusted, ms. With the next it makes the 20 s within which what was revoked is refused.
pub const REMEMBERED_MS: u64 = 17_000;
/// How long the others go on with what is out of date while the first who noticed looks it up, ms. Ten thousand
/// streams of one key all ask with their heartbeats: each of them would look until the first has its answer.
pub const LOOKING_MS: u64 = 3_000;
/// Entries that one isolate remembers; beyond that it starts anew.
const MOST: usize = 10_000;

pub struct Remembered<K, V>(HashMap<K, Entry<V>>);

struct Entry<V> {
    value: V,
    until: Timestamp,
    /// Somebody is looking: there is no second respite, whatever comes of it.
    is_looked_up: bool,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Remembered(HashMap::new())
    }
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// What is trusted now. With `None` the caller looks it up, and tells what it found by `note` or `forget`.
    pub fn get(&mut self, key: &K, now: Timestamp) -> Option<V> {
        let entry = self.0.get_mut(key)?;
        if entry.until > now {
            return Some(entry.value.clone());
        }
        if !entry.is_looked_up && entry.until.plus(LOOKING_MS) > now {
            (entry.is_looked_up, entry.until) = (true, entry.until.plus(LOOKING_MS));
        }
        None
    }

    pub fn note(&mut self, key: K, value: V, now: Timestamp) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, Entry { value, until: now.plus(REMEMBERED_MS), is_looked_up: false });
    }

    pub fn forget(&mut self, key: &K) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTED: Timestamp = Timestamp(1_000_000);

    fn after(milliseconds: u64) -> Timestamp {
        NOTED.plus(milliseconds)
    }

    fn noted() -> Remembered<&'static str, u8> {
        let mut remembered = Remembered::default();
        remembered.note("key", 1, NOTED);
        remembered
    }

    #[test]
    fn it_is_trusted_for_a_while() {
        assert_eq!(noted().get(&"key", after(REMEMBERED_MS - 1)), Some(1));
        assert_eq!(noted().get(&"another", NOTED), None);
    }

    #[test]
    fn of_ten_thousand_who_ask_when_it_is_out_of_date_one_looks() {
        let mut remembered = noted();
        let looks = (0..10_000).filter(|_| remembered.get(&"key", after(REMEMBERED_MS)).is_none()).count();
        assert_eq!(looks, 1);
    }

    #[test]
    fn a_look_that_gets_no_answer_gives_no_second_respite() {
        let mut remembered = noted();
        assert_eq!(remembered.get(&"key", after(REMEMBERED_MS)), None);
        let over = after(REMEMBERED_MS + LOOKING_MS);
        assert_eq!((remembered.get(&"key", over), remembered.get(&"key", over)), (None, None));
    }

    #[test]
    fn who_comes_long_after_finds_nothing_that_others_may_go_on_with() {
        let (mut remembered, late) = (noted(), after(REMEMBERED_MS + LOOKING_MS));
        assert_eq!((remembered.get(&"key", late), remembered.get(&"key", late)), (None, None));
    }

    #[test]
    fn what_was_forgotten_is_looked_up_by_everybody() {
        let mut remembered = noted();
        remembered.forget(&"key");
        assert_eq!(remembered.get(&"key", NOTED), None);
    }
}
