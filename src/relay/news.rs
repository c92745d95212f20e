//! Owns what goes down the tree of relays, from the job to its readers, and what comes back up.

use crate::id::{EventId, JobId, ProjectId};
use crate::limits;
use crate::view::JobLens;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a job's object or a relay tells a relay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    pub job: JobId,
    pub project: ProjectId,
    /// Who is told.
    pub relay: u32,
    /// Of how many.
    pub of: u32,
    pub news: News,
}

/// What came after `after`, up to `until`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    pub after: EventId,
    pub until: EventId,
    /// For each lens what its readers see, where it is not too much. Who watches through a lens that is missing gets pages.
    pub sights: Vec<Sight>,
    /// The log is no more.
    pub is_over: bool,
}

/// What the readers of one lens see of some news; it may be nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    pub lens: JobLens,
    pub text: String,
    /// Their streams close with it.
    pub is_end: bool,
}

impl News {
    /// With as much as a page has, all lenses together: whoever tells it holds it once for each whom it tells.
    pub fn of(after: EventId, until: EventId, sights: impl IntoIterator<Item = Sight>) -> News {
        News { after, until, sights: fitting(sights), is_over: false }
    }

    /// That the log stands there: who has not heard of everything asks for it.
    pub fn standing_at(tail: EventId) -> News {
        News { after: tail, until: tail, sights: vec![], is_over: false }
    }

    /// That the log is no more.
    pub fn over(tail: EventId) -> News {
        News { is_over: true, ..News::standing_at(tail) }
    }

    /// Together with what came next. What becomes too much for one go is left out.
    pub fn then(self, next: News) -> News {
        let sights = match (self.after == self.until, next.after == next.until) {
            (true, _) => next.sights,
            (false, true) => self.sights,
            (false, false) => together(self.sights, next.sights),
        };
        News { after: self.after, until: next.until, sights, is_over: self.is_over || next.is_over }
    }
}

fn fitting(sights: impl IntoIterator<Item = Sight>) -> Vec<Sight> {
    let mut left = limits::REPLAY_PAGE;
    let fits = |sight: &Sight| match left.checked_sub(sight.text.len()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    sights.into_iter().filter(fits).collect()
}

fn together(first: Vec<Sight>, mut next: Vec<Sight>) -> Vec<Sight> {
    let joined = first.into_iter().filter_map(|mut sight| {
        let after = next.iter().position(|after| after.lens == sight.lens)?;
        let after = next.swap_remove(after);
        sight.text.push_str(&after.text);
        sight.is_end |= after.is_end;
        Some(sight)
    });
    fitting(joined)
}

/// Who heard the news, at one relay and those that it told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    pub readers: usize,
    pub lenses: Vec<JobLens>,
}

impl Heard {
    pub fn and(mut self, other: Heard) -> Heard {
        self.readers += other.readers;
        other.lenses.into_iter().for_each(|lens| {
            if !self.lenses.contains(&lens) {
                self.lenses.push(lens);
            }
        });
        self
    }
}

/// How a reader stands to its relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It needs pages.
    Behind,
    /// It gets what comes next.
    Live,
    /// It has what the relay is yet to be told.
    Ahead,
}

impl Standing {
    pub fn of(reader: EventId, relay: EventId) -> Standing {
        match reader.cmp(&relay) {
            Ordering::Less => Standing::Behind,
            Ordering::Equal => Standing::Live,
            Ordering::Greater => Standing::Ahead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Visibility;
    use crate::view::pipeline::{Lens, Narrowing};

    fn lens(visibility: Visibility) -> JobLens {
        JobLens::Pipeline(Lens { visibility, narrowing: Narrowing::default() })
    }

    fn sight(text: &str) -> Sight {
        Sight { lens: JobLens::Asset, text: text.to_owned(), is_end: false }
    }

    fn news(after: u64, until: u64, sights: Vec<Sight>) -> News {
        News { after: EventId(after), until: EventId(until), sights, is_over: false }
    }

    #[test]
    fn news_that_waits_becomes_one() {
        let first = news(1, 2, vec![sight("a"), Sight { lens: lens(Visibility::Full), ..sight("x") }]);
        let second = news(2, 5, vec![Sight { is_end: true, ..sight("b") }]);
        let both = first.clone().then(second.clone());
        assert_eq!(both, news(1, 5, vec![Sight { is_end: true, ..sight("ab") }]));
        assert_eq!(News::standing_at(EventId(1)).then(first.clone()), first);
        assert_eq!(first.clone().then(News::standing_at(EventId(2))), first);
        assert_eq!(first.clone().then(News::over(EventId(2))), News { is_over: true, ..first });
    }

    #[test]
    fn what_is_too_much_for_one_go_is_left_to_pages() {
        let large = || sight(&"a".repeat(limits::REPLAY_PAGE / 2 + 1));
        assert_eq!(news(1, 2, vec![large()]).then(news(2, 3, vec![large()])), news(1, 3, vec![]));
    }

    #[test]
    fn all_lenses_together_get_as_much_as_a_page_has() {
        let half = |lens| Sight { lens, ..sight(&"a".repeat(limits::REPLAY_PAGE / 2)) };
        let [asset, full, public] = [JobLens::Asset, lens(Visibility::Full), lens(Visibility::Public)];
        let told = News::of(EventId(1), EventId(2), [half(asset), half(full), half(public)]);
        assert_eq!(told.sights.len(), 2);
    }

    #[test]
    fn those_who_heard_are_counted_over_the_tree() {
        let heard = |readers, lenses| Heard { readers, lenses };
        let both = heard(2, vec![JobLens::Asset]).and(heard(3, vec![JobLens::Asset, lens(Visibility::Full)]));
        assert_eq!(both, heard(5, vec![JobLens::Asset, lens(Visibility::Full)]));
    }
}
