//! Owns how often the jobs of a project tell it of progress: the more of them run the more seldom each, so that a feed and the
//! directory hear of as many as they take, and are free for what must not wait.

use crate::id::EventId;
use crate::limits;
use crate::time::Timestamp;

/// How often the jobs are counted, ms.
const COUNTED_MS: u64 = 5_000;
/// A job is taken for running while it told something within twice its pause, and so much more, ms.
const SLACK_MS: u64 = 2_000;

/// What a feed knows of how many tell it something.
#[derive(Debug, Default)]
pub struct Pace {
    running: u64,
    counted_at: Timestamp,
}

impl Pace {
    /// How long a job that tells something now waits before it tells of progress again, ms; `least` however few there
    /// are. `newest` are the newest events of all jobs that the feed knows.
    pub fn pause<'a>(&mut self, least: u64, newest: impl Iterator<Item = &'a EventId>, now: Timestamp) -> u64 {
        if now.since(self.counted_at) >= COUNTED_MS {
            let since = now.minus(2 * self.shared_out(least) + SLACK_MS);
            self.running = newest.filter(|event| event.time() >= since).count() as u64;
            self.counted_at = now;
        }
        self.shared_out(least)
    }

    fn shared_out(&self, least: u64) -> u64 {
        let fair = self.running * 1_000 / limits::FEED_TELLINGS;
        fair.min(limits::FEED_PROGRESS_AT_LEAST_MS).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    const LEAST: u64 = limits::FEED_PROGRESS_MS;

    /// So many jobs, each of which tells something whenever it may.
    struct Project {
        pace: Pace,
        newest: BTreeMap<usize, EventId>,
        /// When, ms, which of them.
        next: BTreeSet<(u64, usize)>,
        now: u64,
    }

    impl Project {
        fn of(jobs: usize) -> Project {
            // They did not start in the same moment.
            let next = (0..jobs).map(|job| (1_000_000 + job as u64 * 7 % 5_000, job)).collect();
            Project { pace: Pace::default(), newest: BTreeMap::new(), next, now: 1_000_000 }
        }

        /// Tellings a second in the last of so many minutes.
        fn run(&mut self, minutes: u64) -> u64 {
            let end = self.now + minutes * 60_000;
            let mut heard = 0;
            while let Some((now, job)) = self.next.first().copied().filter(|(at, _)| *at < end) {
                self.next.remove(&(now, job));
                self.newest.insert(job, EventId(now));
                let pause = self.pace.pause(LEAST, self.newest.values(), Timestamp(now));
                self.next.insert((now + pause, job));
                heard += u64::from(now >= end - 60_000);
            }
            self.now = end;
            heard / 60
        }
    }

    #[test]
    fn few_jobs_tell_of_progress_as_often_as_they_may() {
        for jobs in [1, 10, 200] {
            let a_second = Project::of(jobs).run(2);
            assert!((jobs as u64 * 9 / 10..=jobs as u64).contains(&a_second), "{jobs} jobs: {a_second}");
        }
    }

    #[test]
    fn many_jobs_share_what_a_feed_takes() {
        for jobs in [500, 2_000, 7_000] {
            let a_second = Project::of(jobs).run(6);
            assert!((200..=300).contains(&a_second), "{jobs} jobs: {a_second}");
        }
    }

    #[test]
    fn no_job_waits_longer_than_its_object_would_stay_awake_for_it() {
        let newest = [EventId(10_000); 100_000];
        let pause = Pace::default().pause(LEAST, newest.iter(), Timestamp(10_000));
        assert_eq!(pause, limits::FEED_PROGRESS_AT_LEAST_MS);
    }

    #[test]
    fn jobs_that_have_ended_are_soon_out_of_the_count() {
        let mut project = Project::of(2_000);
        project.run(2);
        project.next.retain(|(_, job)| *job < 100);
        assert!(project.run(2) >= 90);
    }
}
