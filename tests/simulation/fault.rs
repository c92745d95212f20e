//! What goes wrong, and when: windows of time in which a kind of fault strikes now and then.

use crate::draws::Draws;
use crate::world::world;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Between the edge and a job's object, or whoever joins a stream.
    RequestLost,
    ReplyLost,
    /// A producer's request arrives twice.
    RequestDoubled,
    /// Between a job and its project's feed.
    TellingLost,
    TellingReplyLost,
    TellingDoubled,
    /// D1 before and after it persisted.
    DirectoryRefuses,
    DirectoryReplyLost,
    /// Messages take seconds.
    SlowNetwork,
    AlarmLate,
    AlarmTwice,
    /// An object's SQLite refuses to write.
    DiskFull,
    /// Readers do not read.
    ReadersStall,
    /// Readers' connections break.
    ReadersCut,
    /// The clock of an object's machine steps back, and forth at the end.
    ClockBack,
    /// An object is evicted if it is idle; its sockets stay.
    Sleep,
    /// An object is reset, whatever it was doing; its sockets break.
    Crash,
    /// The same, and its sockets stay open and silent.
    Panic,
    /// Every object at once.
    PowerCut,
}

const ALL: [Kind; 19] = [
    Kind::RequestLost,
    Kind::ReplyLost,
    Kind::RequestDoubled,
    Kind::TellingLost,
    Kind::TellingReplyLost,
    Kind::TellingDoubled,
    Kind::DirectoryRefuses,
    Kind::DirectoryReplyLost,
    Kind::SlowNetwork,
    Kind::AlarmLate,
    Kind::AlarmTwice,
    Kind::DiskFull,
    Kind::ReadersStall,
    Kind::ReadersCut,
    Kind::ClockBack,
    Kind::Sleep,
    Kind::Crash,
    Kind::Panic,
    Kind::PowerCut,
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    pub kind: Kind,
    /// ms since the beginning.
    pub from: u64,
    pub until: u64,
    /// Which object, where it strikes one.
    pub target: u64,
    pub percent: u64,
}

/// Faults drawn for one run of `length` ms.
pub fn drawn(draws: &Draws, length: u64) -> Vec<Fault> {
    let fault = |_| {
        let from = draws.below(length);
        let until = (from + draws.between(100, 6_000)).min(length);
        Fault { kind: *draws.pick(&ALL), from, until, target: draws.next(), percent: *draws.pick(&[15, 50, 100]) }
    };
    (0..draws.below(28)).map(fault).collect()
}

#[derive(Debug)]
pub struct Faults {
    planned: Vec<Fault>,
    draws: Draws,
}

impl Faults {
    pub fn new(planned: Vec<Fault>, seed: u64) -> Faults {
        Faults { planned, draws: Draws::new(seed, 3) }
    }

    pub fn is_on(&self, kind: Kind) -> bool {
        let age = world().age();
        self.planned.iter().any(|fault| fault.kind == kind && (fault.from..fault.until).contains(&age))
    }

    /// Whether this message, statement or alarm is hit.
    pub fn strikes(&self, kind: Kind) -> bool {
        let age = world().age();
        let hits = |fault: &&Fault| fault.kind == kind && (fault.from..fault.until).contains(&age);
        self.planned.iter().find(hits).is_some_and(|fault| self.draws.percent(fault.percent))
    }
}
