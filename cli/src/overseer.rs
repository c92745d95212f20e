//! Sees a command through: its output to the outbox, its stop, its end.
//! Invariant: a command that was asked to stop is killed after its grace, and so is what it left behind in its group.

use crate::attempt::{Account, Job, Outbox};
use crate::child::{Happening, Running};
use crate::level::level;
use crate::output::{Piece, Stream};
use crate::progress::{Parser, Reading};
use crate::signals;
use crate::stages::Stages;
use crate::trouble::Refusal;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// What a command left behind may hold its output open. It is not waited for longer than this.
const AFTER_THE_END: Duration = Duration::from_secs(2);
const FAR: Duration = Duration::from_secs(3_600);

/// Which streams become log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Logs {
    Both,
    Stdout,
    Stderr,
    None,
}

impl Logs {
    fn take(self, stream: Stream) -> bool {
        match self {
            Logs::Both => true,
            Logs::Stdout => stream == Stream::Stdout,
            Logs::Stderr => stream == Stream::Stderr,
            Logs::None => false,
        }
    }
}

/// Which word of the service stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopsFor {
    /// Somebody killed or deleted the job. An attempt that timed out while the service was away has no other producer:
    /// its command goes on.
    Kill,
    /// Another producer may have the job by now.
    AnyEnd,
}

/// Why a command was stopped.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    Signal(i32),
    Over(Refusal),
}

pub struct Ended {
    pub status: ExitStatus,
    pub stopped: Option<Stop>,
    /// The last line that it printed to stderr: what a person would look at first.
    pub last_words: Option<String>,
    /// Of a reporter that ended before the command.
    pub account: Option<Account>,
}

pub struct Overseer {
    pub outbox: Arc<Outbox>,
    pub parser: Parser,
    pub stages: Stages,
    pub logs: Logs,
    pub stops_for: StopsFor,
    pub grace: Duration,
    /// Said to a person as it happens.
    pub say: Box<dyn Fn(&str)>,
    pub began: fn(&Job),
    /// As soon as the service knows of it.
    pub job: Option<Job>,
    pub newest: Option<Reading>,
}

#[derive(Default)]
struct Seen {
    status: Option<ExitStatus>,
    closed: u32,
    stopped: Option<Stop>,
    /// When the next, harder step is due.
    due: Option<Instant>,
    last_words: Option<String>,
    account: Option<Account>,
}

impl Overseer {
    pub fn see_through(&mut self, running: &Running, inbox: &Receiver<Happening>) -> Ended {
        self.outbox.stages(self.stages.began());
        let mut seen = Seen::default();
        loop {
            if let Some(status) = seen.status
                && (seen.closed == 2 || seen.due.is_some_and(|due| Instant::now() >= due))
            {
                // What it left behind has had its time too.
                if seen.stopped.is_some() {
                    running.signal(signals::KILL);
                }
                return Ended { status, stopped: seen.stopped, last_words: seen.last_words, account: seen.account };
            }
            let patience = seen.due.map_or(FAR, |due| due.saturating_duration_since(Instant::now()));
            match inbox.recv_timeout(patience) {
                Ok(happening) => self.happened(happening, running, &mut seen),
                Err(RecvTimeoutError::Timeout) => patience_is_over(running, &mut seen),
                // Every thread that could tell is gone, and so is the command.
                Err(RecvTimeoutError::Disconnected) => seen.due = Some(Instant::now()),
            }
        }
    }

    fn happened(&mut self, happening: Happening, running: &Running, seen: &mut Seen) {
        match happening {
            Happening::Heard(stream, piece) => self.heard(stream, &piece, seen),
            Happening::Closed => seen.closed += 1,
            Happening::Ended(status) => {
                seen.status = Some(status);
                seen.due = Some(Instant::now() + AFTER_THE_END);
            }
            Happening::Signal(signal) => self.signalled(signal, running, seen),
            Happening::Over(refusal) => self.over(refusal, running, seen),
            Happening::Began(job) => {
                (self.began)(&job);
                self.job = Some(job);
            }
            // The reporter gave up on the service; the command goes on.
            Happening::Told(account) => seen.account = Some(account),
        }
    }

    fn heard(&mut self, stream: Stream, piece: &Piece, seen: &mut Seen) {
        if let Some(reading) = self.parser.read(piece) {
            self.newest = Some(reading.clone());
            self.outbox.progress(reading);
        }
        let Piece::Line(line) = piece else { return };
        self.outbox.stages(self.stages.heard(line));
        if stream == Stream::Stderr && !line.trim().is_empty() {
            seen.last_words = Some(line.trim().to_owned());
        }
        if self.logs.take(stream) {
            self.outbox.line(stream, level(line), line);
        }
    }

    /// The first is passed on, the second does not wait.
    fn signalled(&self, signal: i32, running: &Running, seen: &mut Seen) {
        let again = matches!(seen.stopped, Some(Stop::Signal(_)));
        running.signal(if again { signals::KILL } else { signal });
        (self.say)(&match again {
            false => format!("{}: passed on to the command. Again kills it.", signals::name(signal)),
            true => format!("{} again: the command is killed.", signals::name(signal)),
        });
        seen.stopped.get_or_insert(Stop::Signal(signal));
        seen.due.get_or_insert(Instant::now() + self.grace);
    }

    fn over(&self, refusal: Refusal, running: &Running, seen: &mut Seen) {
        if self.stops_for == StopsFor::Kill && !refusal.asks_to_stop() {
            return (self.say)(&format!("The attempt is over for the service: {refusal} The command goes on."));
        }
        (self.say)(&format!("The command is stopped: {refusal}"));
        running.signal(signals::TERMINATE);
        seen.stopped.get_or_insert(Stop::Over(refusal));
        seen.due.get_or_insert(Instant::now() + self.grace);
    }
}

/// Of a command that was asked to stop; one that has ended is only waited for no longer.
fn patience_is_over(running: &Running, seen: &mut Seen) {
    if seen.status.is_none() && seen.stopped.is_some() {
        running.signal(signals::KILL);
        seen.due = None;
    }
}
