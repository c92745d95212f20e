//! Owns the reading of many events at once: SQLite joins them to one text, so that they cross from the platform together.
//! Invariant: events come in the order of their ids, each once; a text that is not so is none of ours.

use crate::edge::journal::Journal;
use crate::edge::platform;
use crate::edge::sqlite::id;
use crate::id::EventId;
use crate::limits;
use crate::sql::object as sql;
use crate::view::Visibility;
use crate::view::stored::Stored;
use worker::{Error, Result, SqlStorageValue as Bound};

/// Rows of a page's first piece, before it is known how large rows are.
const FIRST_PIECE: u64 = 256;
/// By how many times fewer are tried when the text of a piece is more than SQLite may make.
const SHRINK: u64 = 8;

/// How far a page came.
pub struct Reached {
    pub last: Option<EventId>,
    pub is_last: bool,
}

/// What a page reads, and how much of it there is already.
struct Page {
    query: &'static str,
    until: EventId,
    after: EventId,
    rows: u64,
    bytes: usize,
}

impl Journal {
    /// Hands over events newer than `after`, up to `until`, as `stored` says which there are; as many as a page of a replay
    /// has. `take` tells how much it made of each: lines are longer where they are read than where they are stored.
    pub fn join(
        &self,
        after: EventId,
        until: EventId,
        stored: Visibility,
        mut take: impl FnMut(Stored<'_>) -> Result<usize>,
    ) -> Result<Reached> {
        let query = match stored {
            Visibility::Public => sql::join_events,
            Visibility::Full => sql::join_all,
        };
        let mut page = Page { query, until, after, rows: 0, bytes: 0 };
        let mut piece = FIRST_PIECE.min(limits::REPLAY_JOINED);
        loop {
            let (read, text) = self.piece(&page, piece)?;
            let found = page.take(text.as_deref().unwrap_or_default(), &mut take)?;
            let is_last = found.is_some_and(|found| found < read) || page.after >= until;
            let last = Some(page.after).filter(|last| *last > after);
            match page.fits() {
                0 => return Ok(Reached { last, is_last }),
                _ if is_last => return Ok(Reached { last, is_last }),
                fits => piece = fits,
            }
        }
    }

    /// So many events as one text, or fewer where they are large: how many were asked for in the end, and the text.
    fn piece(&self, page: &Page, mut rows: u64) -> Result<(u64, Option<String>)> {
        loop {
            let bounds = vec![id(page.after), id(page.until), Bound::Float(rows as f64)];
            match self.sqlite().exec(page.query, bounds).and_then(platform::joined) {
                Err(_) if rows > 1 => rows = (rows / SHRINK).max(1),
                read => return Ok((rows, read?)),
            }
        }
    }
}

impl Page {
    /// Takes events until the page is full. How many there were, if it took them all.
    fn take(&mut self, text: &str, take: &mut impl FnMut(Stored<'_>) -> Result<usize>) -> Result<Option<u64>> {
        let mut found = 0;
        for line in text.split('\n').filter(|line| !line.is_empty()) {
            if self.bytes >= limits::REPLAY_PAGE {
                return Ok(None);
            }
            let stored = Stored::of_line(line).filter(|stored| stored.id > self.after);
            let stored = stored.ok_or_else(|| Error::from("stored events are not in their order"))?;
            let bytes = take(stored)?.max(stored.fact.len());
            found += 1;
            (self.after, self.rows, self.bytes) = (stored.id, self.rows + 1, self.bytes + bytes);
        }
        Ok(Some(found))
    }

    /// How many more rows are likely to fit.
    fn fits(&self) -> u64 {
        let bytes = limits::REPLAY_PAGE.saturating_sub(self.bytes) as u64;
        let average = (self.bytes as u64 / self.rows.max(1)).max(1);
        bytes.div_ceil(average).min(limits::REPLAY_JOINED.saturating_sub(self.rows))
    }
}
