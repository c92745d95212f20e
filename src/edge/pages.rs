//! Owns the pages of replays that were sent of late, so that who asks for the same gets the same: readers who were cut together come
//! back with one cursor, and whoever reads a log from its beginning reads what others have read.
//! Invariant: what is given is what would be made now. What is appended comes after a full page and changes nothing in it, and any other is
//! good only while the log ends where it did; what was trimmed is refused before anybody looks here.

use crate::edge::subscribers::Page;
use crate::id::EventId;
use crate::limits;
use crate::view::JobLens;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use worker::Result;

thread_local! {
    /// Of all objects of the isolate, because they share its memory: the last that was asked for comes last.
    static KEPT: RefCell<VecDeque<Kept>> = RefCell::default();
    static OWNERS: Cell<u64> = const { Cell::new(0) };
}

/// Smaller pages are soon made, bytes.
const WORTH_KEEPING: usize = limits::REPLAY_PAGE / 16;

struct Kept {
    owner: u64,
    lens: JobLens,
    from: EventId,
    until: EventId,
    page: Page,
}

/// Those of one object, for as long as it lives.
pub struct Pages {
    owner: u64,
}

impl Default for Pages {
    fn default() -> Self {
        Pages { owner: OWNERS.replace(OWNERS.get() + 1) }
    }
}

impl Pages {
    /// What follows `from` in a log that now goes to `until`; made where it is not there.
    pub fn page(
        &self,
        lens: &JobLens,
        from: EventId,
        until: EventId,
        make: impl FnOnce() -> Result<Page>,
    ) -> Result<Page> {
        if let Some(page) = KEPT.with_borrow_mut(|kept| find(kept, self.owner, lens, from, until)) {
            return Ok(page);
        }
        let page = make()?;
        if page.text.len() >= WORTH_KEEPING {
            let one = Kept { owner: self.owner, lens: lens.clone(), from, until, page: page.clone() };
            KEPT.with_borrow_mut(|kept| keep(kept, one));
        }
        Ok(page)
    }

    /// The log is no more.
    pub fn forget(&self) {
        KEPT.with_borrow_mut(|kept| kept.retain(|kept| kept.owner != self.owner));
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.forget();
    }
}

/// One that is not good any more goes.
fn find(kept: &mut VecDeque<Kept>, owner: u64, lens: &JobLens, from: EventId, until: EventId) -> Option<Page> {
    let place = kept.iter().position(|kept| (kept.owner, kept.from, &kept.lens) == (owner, from, lens))?;
    let found = kept.remove(place).filter(|found| found.page.next.is_some() || found.until == until)?;
    let page = found.page.clone();
    kept.push_back(found);
    Some(page)
}

fn keep(kept: &mut VecDeque<Kept>, one: Kept) {
    kept.push_back(one);
    let mut bytes: usize = kept.iter().map(|kept| kept.page.text.len()).sum();
    while bytes > limits::PAGES_KEPT {
        bytes -= kept.pop_front().map_or(bytes, |oldest| oldest.page.text.len());
    }
}
