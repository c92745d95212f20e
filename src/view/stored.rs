//! Owns the way from a stored event to its frame of the pipeline view. What happens often is text that is copied, not read:
//! its data on the wire are its data as stored.
//! Invariant: whichever way, the frame is what `Lens::encode` makes of the event, byte for byte.

use crate::event::{Event, Fact, Origin};
use crate::id::EventId;
use crate::view::Visibility;
use crate::view::pipeline::Lens;

/// An event as it is stored, not read yet.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    pub id: EventId,
    /// The id as it is written.
    written: &'a str,
    pub attempt: u32,
    /// An object of JSON.
    pub fact: &'a str,
}

impl<'a> Stored<'a> {
    /// Reads a line of what the statements `join_…` give.
    pub fn of_line(line: &'a str) -> Option<Stored<'a>> {
        let (place, fact) = line.split_at(line.find('{')?);
        let (written, attempt) = match place.split_once(' ') {
            Some((id, attempt)) => (id, attempt.parse().ok()?),
            None => (place, 1),
        };
        Some(Stored { id: EventId(written.parse().ok()?), written, attempt, fact })
    }

    pub fn read(&self) -> serde_json::Result<Event> {
        Ok(Event { id: self.id, attempt: self.attempt, fact: Fact::read(self.fact)?, origin: Origin::default() })
    }
}

/// A frame whose data are stored as they are sent.
struct Plain<'a> {
    /// The event's name, in two parts.
    name: (&'static str, &'a str),
    data: &'a str,
    needs: Visibility,
}

impl Lens {
    /// Appends what a subscriber sees of a stored event; often nothing.
    pub fn encode_stored(&self, stored: Stored<'_>, out: &mut String) -> serde_json::Result<()> {
        match plain(stored.fact) {
            Some(plain) => {
                if self.passes(&plain) {
                    let (kind, name) = plain.name;
                    let parts = ["event: ", kind, name, "\ndata: ", plain.data, "\nid: ", stored.written, "\n\n"];
                    parts.into_iter().for_each(|part| out.push_str(part));
                }
            }
            None => self.encode(&stored.read()?, out),
        }
        Ok(())
    }

    fn passes(&self, plain: &Plain<'_>) -> bool {
        let is_visible = plain.needs == Visibility::Public || self.visibility == Visibility::Full;
        is_visible && (self.narrowing.is_all() || self.narrowing.passes(&[plain.name.0, plain.name.1].concat()))
    }
}

/// How what is copied begins, as `Fact` is stored.
const PROGRESS: &str = r#"{"type":"progress.reported","data":"#;
const STAGE: &str = r#"{"type":"stage."#;
const STAGE_NAME: &str = r#"","data":{"stage":""#;
const LINES: &str = r#"{"type":"log.appended","data":"#;

fn plain(fact: &str) -> Option<Plain<'_>> {
    let fact = fact.strip_suffix('}')?;
    if let Some(data) = fact.strip_prefix(PROGRESS) {
        return Some(Plain { name: ("job:progress", ""), data, needs: Visibility::Public });
    }
    if let Some(data) = fact.strip_prefix(LINES) {
        return Some(Plain { name: ("job:log", ""), data, needs: Visibility::Full });
    }
    let (word, rest) = fact.strip_prefix(STAGE)?.split_once(STAGE_NAME)?;
    let (name, _) = rest.split_once('"')?;
    // An escaped name is read; and the first quote must be the one that ends the word.
    let is_plain = !name.contains('\\') && !word.contains('"');
    let start = fact.len() - rest.len() - r#"{"stage":""#.len();
    is_plain.then_some(Plain { name: ("stage:", name), data: fact.get(start..)?, needs: Visibility::Public })
}
