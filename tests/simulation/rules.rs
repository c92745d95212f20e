//! The rules as the objects call them. Each is the service's own; a mutant stands before it.

pub mod decide {
    use crate::command::{Circumstances, Command};
    use crate::event::{Event, Fact, Origin};
    use crate::id::EventId;
    use crate::job::{Job, JobState};
    use crate::mutant::{self, Mutant};
    use crate::time::Timestamp;
    pub use jobcast::decide::{Decision, attempt_of, attribute};

    pub fn decide(job: Option<&Job>, command: &Command, mut around: Circumstances) -> Decision {
        if mutant::is(Mutant::NoFence) {
            around.attempt = None;
        }
        match (job.map(|job| job.state), command) {
            (Some(JobState::Delivered), Command::Claim) if mutant::is(Mutant::ClaimedTwice) => Ok(vec![]),
            (Some(JobState::Completed | JobState::Failed), Command::Progress(progress))
                if mutant::is(Mutant::ReportedAfterTheEnd) =>
            {
                Ok(vec![Fact::Progress(progress.clone())])
            }
            (Some(JobState::Completed | JobState::Failed), Command::Progress(_)) if mutant::is(Mutant::AcknowledgedAndDropped) => {
                Ok(vec![])
            }
            _ => jobcast::decide::decide(job, command, around),
        }
    }

    pub fn number(facts: Vec<Fact>, tail: EventId, attempt: u32, now: Timestamp) -> Vec<Event> {
        if !mutant::is(Mutant::ClockTrusted) {
            return jobcast::decide::number(facts, tail, attempt, now);
        }
        let place = |(place, fact)| Event { id: EventId(now.0 + place), attempt, fact, origin: Origin::default() };
        (0..).zip(facts).map(place).collect()
    }
}

pub mod notice {
    use crate::mutant::{self, Mutant};
    pub use jobcast::notice::{News, Notice, Views};

    pub fn conflate(notices: Vec<Notice>) -> Vec<Notice> {
        if !mutant::is(Mutant::ConflatedOverATerminal) {
            return jobcast::notice::conflate(notices);
        }
        let last = notices.len().saturating_sub(1);
        let ends = |notice: &Notice| matches!(notice.news, News::Completed {} | News::Failed { .. } | News::Started {});
        notices.into_iter().enumerate().filter(|(place, notice)| *place == last || !ends(notice)).map(|(_, notice)| notice).collect()
    }
}

pub mod replay {
    use crate::id::EventId;
    use crate::mutant::{self, Mutant};
    pub use jobcast::replay::{Bounds, Plan, ResetReason};

    pub fn plan(cursor: Option<EventId>, bounds: Bounds, beginning: EventId) -> Plan {
        let planned = jobcast::replay::plan(cursor, bounds, beginning);
        match (planned, cursor) {
            (Plan::Reset { .. }, Some(cursor)) if mutant::is(Mutant::ResetSwallowed) => Plan::Replay { from: cursor },
            (Plan::Replay { .. }, Some(cursor))
                if mutant::is(Mutant::GoneBeforeTheEnd) && bounds.ended_by.is_some() && cursor.0 > 0 =>
            {
                Plan::Gone
            }
            (Plan::Replay { from }, _) if mutant::is(Mutant::CursorOneAhead) => Plan::Replay { from: EventId(from.0 + 1) },
            _ => planned,
        }
    }
}

pub mod relay {
    use crate::mutant::{self, Mutant};
    pub use jobcast::relay::{
        Arrival, Beginning, Heard, News, Page, Request, Room, Seat, Sight, Standing, Telling, drawn,
    };
    use std::ops::RangeInclusive;

    pub fn told_by(node: u32, relays: u32, branches: u32) -> RangeInclusive<u32> {
        let told = jobcast::relay::told_by(node, relays, branches);
        if mutant::is(Mutant::RelayLeftOut) { *told.start() + 1..=*told.end() } else { told }
    }
}
