//! Owns what the streams of one project show: the queue view and the activity over the same feed.

use crate::edge::feed_journal::FeedJournal;
use crate::edge::platform::random;
use crate::edge::subscribers::{Log, Opening, Page};
use crate::feed::{Channel, Entry, Feed, NEWEST};
use crate::id::EventId;
use crate::replay::{Plan, plan};
use worker::Result;

#[derive(Clone, Copy)]
pub struct FeedLog<'a> {
    pub journal: &'a FeedJournal,
    pub feed: &'a Feed,
}

impl FeedLog<'_> {
    fn is_empty(&self) -> bool {
        self.feed.tail == EventId::default()
    }

    pub fn plan(&self, channel: Channel, cursor: Option<EventId>) -> Result<Plan> {
        let is_stored = match cursor {
            Some(cursor) if !self.is_empty() => self.journal.is_stored(cursor)?,
            _ => false,
        };
        Ok(self.feed.plan(cursor, self.beginning(channel)?, |_| is_stored))
    }

    /// Where a reader without a cursor starts: at the tail, or before the newest events.
    fn beginning(&self, channel: Channel) -> Result<EventId> {
        match channel {
            Channel::Activity if !self.is_empty() => {
                Ok(self.journal.before_newest(channel, NEWEST)?.unwrap_or(self.feed.floor))
            }
            Channel::Activity | Channel::Queue => Ok(self.feed.tail),
        }
    }

    fn oldest(&self) -> EventId {
        let stored = if self.is_empty() { None } else { self.journal.oldest().ok().flatten() };
        stored.unwrap_or(self.feed.tail)
    }
}

impl Log for FeedLog<'_> {
    type Lens = Channel;
    type Entry = Entry;

    fn opening(&self, channel: &Channel, plan: Plan) -> Opening {
        let client = format!("client_{:016x}", u64::from_le_bytes(random()));
        let text = channel.opening(plan, self.oldest(), &client);
        Opening { text, tells_cursor: *channel == Channel::Queue }
    }

    fn page(&self, channel: &Channel, mut from: EventId) -> Result<Page> {
        let mut text = String::new();
        if self.is_empty() {
            return Ok(Page { text: text.into(), next: None, reached: self.feed.tail, is_end: false });
        }
        // The feed may have been trimmed past a reader that is still catching up.
        let bounds = self.feed.bounds();
        let plan = plan(Some(from), bounds, bounds.floor);
        if let Plan::Reset { from: present, .. } = plan {
            text.push_str(&self.opening(channel, plan).text);
            from = present;
        }
        let read = self.journal.read(from, *channel)?;
        read.entries.iter().for_each(|entry| self.encode(channel, entry, &mut text));
        let next = read.entries.last().map(|entry| entry.id).filter(|_| !read.is_last);
        Ok(Page { text: text.into(), next, reached: next.unwrap_or(bounds.tail), is_end: false })
    }

    fn place(entry: &Entry) -> EventId {
        entry.id
    }

    fn encode(&self, channel: &Channel, entry: &Entry, out: &mut String) {
        channel.encode(entry, out);
    }

    fn ends_with(_: &Channel, _: &Entry) -> bool {
        false
    }
}
