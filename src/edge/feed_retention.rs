//! Owns what goes of a feed: by count, when notices come, and by age, with the alarm.
//! Invariant: between the bounds nothing is ever missing but progress that was overtaken.

use crate::edge::expiry::{hour_ms, retention_ms};
use crate::edge::platform::{alarm_time, now};
use crate::edge::project_feed_do::{Memory, ProjectFeed};
use crate::feed::Feed;
use crate::id::EventId;
use crate::limits;
use crate::time::Timestamp;
use worker::Result;

impl ProjectFeed {
    /// Makes room: progress that was overtaken a while ago goes first, then all that was overtaken, then the oldest.
    pub fn trim_by_count(&self, memory: &mut Memory) -> Result<()> {
        let cap = limits::FEED_KEPT;
        let Memory { feed: Some(feed), entries, .. } = memory else { return Ok(()) };
        if *entries <= cap + cap / limits::TRIM_SLACK {
            return Ok(());
        }
        let a_while_ago = EventId(now().minus(limits::FEED_THINNED_AFTER_MS).0).min(feed.tail);
        for until in [a_while_ago, feed.tail] {
            if *entries > cap {
                feed.thinned = feed.thinned.max(until);
                *entries = self.journal.thin(feed, until)?;
            }
        }
        match self.journal.oldest_kept(cap)? {
            Some(floor) => self.drop_until(memory, floor),
            None => Ok(()),
        }
    }

    fn drop_until(&self, memory: &mut Memory, floor: EventId) -> Result<()> {
        let Some(feed) = &memory.feed else { return Ok(()) };
        // Memory follows the storage: when that refuses, nothing has gone, and no reader may be told so.
        let trimmed = Feed { floor, thinned: feed.thinned.max(floor), ..feed.clone() };
        self.journal.trim(&trimmed)?;
        memory.feed = Some(trimmed);
        if let Some(loaded) = self.journal.load()? {
            (memory.entries, memory.last_events) = (loaded.entries, loaded.last_events);
        }
        Ok(())
    }

    /// The alarm: what is older than the project's retention goes, and what is known of jobs long gone.
    pub async fn trim_by_age(&self) -> Result<()> {
        let Some(project) = self.memory.borrow().feed.as_ref().map(|feed| feed.project.clone()) else { return Ok(()) };
        let retention = retention_ms(&self.env, project.as_str()).await?;
        let until = EventId(now().minus(retention).0);
        {
            let mut memory = self.memory.borrow_mut();
            if let Some(floor) = self.journal.newest_until(until)? {
                self.drop_until(&mut memory, floor)?;
            }
            self.journal.forget_seen(EventId(now().minus(limits::FEED_SEEN_MS).0))?;
        }
        if let Some(oldest) = self.journal.oldest()? {
            // One alarm for all that expires within an hour, not one for each.
            self.arm(oldest.time().plus(retention + hour_ms(&self.env))).await;
        } else if self.journal.is_any_seen()? {
            self.arm(now().plus(limits::FEED_SEEN_MS)).await;
        }
        Ok(())
    }

    /// The first entry of a feed sets the alarm that looks at its age: at the shortest retention that can be set.
    pub async fn arm_for_age(&self) {
        self.arm(now().plus(hour_ms(&self.env))).await;
    }

    pub async fn arm(&self, at: Timestamp) {
        self.memory.borrow_mut().alarm_at = Some(at);
        if let Err(error) = self.state.storage().set_alarm(alarm_time(at.max(now()))).await {
            self.subject.complain("alarm.failed", &error.to_string());
            self.memory.borrow_mut().alarm_at = None;
        }
    }
}
