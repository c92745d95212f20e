//! Owns how the readers of one job are spread over relays, objects that hold readers as the job's own does: who sends a reader
//! where, who tells whom, and what they say to each other (docs/SCALE.md).
//! Relays are numbered from 1, and the job is 0; who tells whom follows from the numbers, so that nobody has to know the tree.
//! Invariant: a reader of a relay who stands where the relay stands gets what comes next as it comes; whoever stands
//! elsewhere gets pages of the log until it does. So news may be lost, doubled or late, and no reader notices more than a delay.

mod news;

use crate::id::EventId;
use crate::limits;
use crate::view::JobLens;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

pub use news::{Heard, News, Sight, Standing, Telling};

/// The relays that one node tells: the job (0) tells the first few, and each of them as many of the next.
pub fn told_by(node: u32, relays: u32, branches: u32) -> RangeInclusive<u32> {
    let before = node * branches;
    before + 1..=(before + branches).min(relays)
}

/// Which relay of so many a reader goes to; `chance` is in 0..1.
pub fn drawn(relays: u32, chance: f64) -> u32 {
    1 + ((f64::from(relays) * chance) as u32).min(relays.saturating_sub(1))
}

/// How much there is to be of what.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Readers of one object.
    pub readers: usize,
    /// Relays of one job.
    pub relays: u32,
}

/// What a job knows of its relays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Relays {
    /// How many there are; 0 while the job holds all of its readers itself.
    pub count: u32,
    /// Through which lenses anybody watches at any of them.
    pub lenses: Vec<JobLens>,
    /// Readers of all of them, when they were told last.
    #[serde(default)]
    pub readers: usize,
}

/// Where a reader who comes is to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    Here,
    /// At any of so many relays.
    AtARelay {
        of: u32,
    },
}

impl Relays {
    pub fn are_none(&self) -> bool {
        self.count == 0
    }

    /// For a job that holds `readers` itself. While there are relays all who come go to one, so that the job is left with
    /// telling them.
    pub fn seat(&self, readers: usize, room: Room) -> Seat {
        match self.count {
            0 if readers < room.readers => Seat::Here,
            count => Seat::AtARelay { of: count.max(1) },
        }
    }

    /// Notes that somebody came to a relay, which held `readers` before; says whether that is news. Twice as many relays
    /// halve what comes to each, and readers come back every five minutes, so that it evens out: a relay that was there first
    /// is crowded until then, and no reason for more relays once all together have room.
    pub fn take_in(&mut self, arrival: &Arrival, lens: &JobLens, room: Room) -> bool {
        let before = self.count;
        let is_crowded = arrival.readers >= room.readers && arrival.of == self.count;
        let is_short = self.count as usize * room.readers < 2 * self.readers.max(arrival.readers);
        let wanted = if is_crowded && is_short { self.count * 2 } else { self.count };
        self.count = wanted.max(arrival.relay).clamp(1, room.relays);
        self.know(lens) || self.count != before
    }

    /// Whether that is news. Anybody may make up lenses that are narrowed, so that the others, of which there are three, go before them.
    fn know(&mut self, lens: &JobLens) -> bool {
        if self.lenses.contains(lens) {
            return false;
        }
        if self.lenses.len() >= limits::RELAYED_LENSES {
            let narrowed = self.lenses.iter().rposition(JobLens::is_narrowed);
            let Some(place) = narrowed.filter(|_| !lens.is_narrowed()) else { return false };
            self.lenses.remove(place);
        }
        self.lenses.push(lens.clone());
        true
    }

    /// Notes what all relays together answered.
    pub fn heard(&mut self, heard: Heard) {
        let (narrowed, others): (Vec<_>, Vec<_>) = heard.lenses.into_iter().partition(JobLens::is_narrowed);
        (self.readers, self.lenses) = (heard.readers, [others, narrowed].concat());
        self.lenses.truncate(limits::RELAYED_LENSES);
        if heard.readers == 0 {
            self.count = 0;
        }
    }
}

/// Where a reader came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    pub relay: u32,
    /// Of how many, as the edge knew.
    pub of: u32,
    /// How many the relay holds already.
    pub readers: usize,
}

/// What a relay asks the job for a reader.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// How the reader's stream begins. From then on the relay is told what follows.
    Begin { arrival: Arrival, lens: JobLens, cursor: Option<EventId> },
    /// A page of what follows `from`.
    Page { lens: JobLens, from: EventId },
}

/// How a stream begins.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    pub opening: String,
    pub page: Page,
    /// The newest event.
    pub tail: EventId,
}

/// A page of a replay.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub text: String,
    /// Where its reader stands then.
    pub reached: EventId,
    pub has_more: bool,
    /// The stream closes with it.
    pub is_end: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Visibility;
    use crate::view::pipeline::{Lens, Narrowing};

    const ROOM: Room = Room { readers: 1_000, relays: 100 };

    fn lens(visibility: Visibility) -> JobLens {
        JobLens::Pipeline(Lens { visibility, narrowing: Narrowing::default() })
    }

    fn arrival(relay: u32, of: u32, readers: usize) -> Arrival {
        Arrival { relay, of, readers }
    }

    #[test]
    fn every_relay_is_told_by_one_whom_somebody_tells_too() {
        for relays in [0, 1, 32, 33, 1_056] {
            let mut told = vec![];
            for node in 0..=relays {
                told.extend(told_by(node, relays, 32).inspect(|relay| assert!(*relay > node)));
            }
            assert_eq!(told, (1..=relays).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_reader_goes_to_any_relay_that_there_is() {
        assert_eq!([0.0, 0.33, 0.34, 0.99, 1.0].map(|chance| drawn(3, chance)), [1, 1, 2, 3, 3]);
        assert_eq!(drawn(1, 0.99), 1);
    }

    #[test]
    fn a_job_holds_its_readers_until_they_are_too_many_and_then_none() {
        let mut relays = Relays::default();
        assert_eq!(relays.seat(999, ROOM), Seat::Here);
        assert_eq!(relays.seat(1_000, ROOM), Seat::AtARelay { of: 1 });
        assert!(relays.take_in(&arrival(1, 1, 0), &JobLens::Asset, ROOM));
        assert_eq!(relays.seat(0, ROOM), Seat::AtARelay { of: 1 });
    }

    #[test]
    fn a_crowded_relay_doubles_them_once() {
        let mut relays = Relays { count: 2, lenses: vec![JobLens::Asset], readers: 2_000 };
        assert!(!relays.take_in(&arrival(2, 2, 999), &JobLens::Asset, ROOM));
        assert!(relays.take_in(&arrival(2, 2, 1_000), &JobLens::Asset, ROOM));
        assert_eq!(relays.count, 4);
        assert!(!relays.take_in(&arrival(1, 2, 1_000), &JobLens::Asset, ROOM), "an edge that does not know of it yet");
    }

    #[test]
    fn there_are_as_many_relays_as_the_readers_of_all_together_need() {
        let counted = |readers, at_the_first| {
            let mut relays = Relays::default();
            for _ in 0..50 {
                let of = relays.count;
                relays.take_in(&arrival(1, of, at_the_first), &JobLens::Asset, ROOM);
                relays.heard(Heard { readers, lenses: vec![] });
            }
            relays.count
        };
        assert_eq!(counted(3_000, 3_000), 8, "who came first crowds the first until they come back");
        assert_eq!(counted(40_000, 1_500), 100, "and never more than there may be");
        assert_eq!(counted(1_000_000, 999), 1, "none is crowded");
    }

    #[test]
    fn lenses_that_anybody_may_make_up_leave_room_for_the_others() {
        let narrowed = |name: String| {
            let narrowing = Narrowing::parse(Some(&format!("stage:{name}"))).expect("a good list");
            JobLens::Pipeline(Lens { visibility: Visibility::Public, narrowing })
        };
        let made_up: Vec<JobLens> = (0..limits::RELAYED_LENSES).map(|number| narrowed(number.to_string())).collect();
        let mut relays = Relays::default();
        let come = |relays: &mut Relays, lens: &JobLens| relays.take_in(&arrival(1, 1, 0), lens, ROOM);
        made_up.iter().for_each(|lens| assert!(come(&mut relays, lens)));
        assert!(!come(&mut relays, &narrowed("one more".to_owned())));
        assert!(come(&mut relays, &lens(Visibility::Public)) && relays.lenses.contains(&lens(Visibility::Public)));
        let lenses = made_up.into_iter().chain([JobLens::Asset]).collect();
        relays.heard(Heard { readers: 17, lenses });
        assert_eq!((relays.lenses.len(), &relays.lenses[0]), (limits::RELAYED_LENSES, &JobLens::Asset));
    }

    #[test]
    fn a_relay_that_was_forgotten_counts_again() {
        let mut relays = Relays::default();
        assert!(relays.take_in(&arrival(3, 4, 0), &JobLens::Asset, ROOM));
        assert_eq!(relays.count, 3);
    }

    #[test]
    fn lenses_are_known_while_anybody_watches_through_them() {
        let mut relays = Relays::default();
        for lens in [JobLens::Asset, lens(Visibility::Full), JobLens::Asset] {
            relays.take_in(&arrival(1, 1, 0), &lens, ROOM);
        }
        assert_eq!(relays.lenses, [JobLens::Asset, lens(Visibility::Full)]);
        relays.heard(Heard { readers: 7, lenses: vec![JobLens::Asset] });
        assert_eq!((relays.count, relays.lenses.as_slice()), (1, [JobLens::Asset].as_slice()));
        relays.heard(Heard::default());
        assert_eq!(relays, Relays::default());
    }
}
