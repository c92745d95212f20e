//! Owns a command that runs: its own process group, its output passed on and cut into pieces, its end.
//! Invariant: what the command prints is passed on as it comes, before anybody looks at it.

use crate::attempt::{Account, Job};
use crate::output::{Piece, Splitter, Stream};
use crate::trouble::{Refusal, Trouble};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::SyncSender;

/// What may happen while a command runs.
#[derive(Debug)]
pub enum Happening {
    Heard(Stream, Piece),
    Closed,
    Ended(ExitStatus),
    /// Somebody signalled this program.
    Signal(i32),
    /// The attempt is over, as the service says.
    Over(Refusal),
    /// The service knows of the job, if it did not when the command began.
    Began(Job),
    /// Everything was told that could be.
    Told(Account),
}

/// Where the command's own output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Byte by byte, each stream to its own.
    Same,
    /// Both to stderr, because stdout is kept for JSON.
    Stderr,
}

/// How redrawn lines are passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redraws {
    AsTheyAre,
    /// The command draws only because we asked it to, and takes this for no terminal: its lines must be wiped for it.
    Wiped,
    /// Nobody would see them.
    Dropped,
}

/// What to run.
pub struct Task {
    pub words: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub stdin: Stdio,
    pub echo: Echo,
    pub redraws: Redraws,
}

/// A command that could not even begin, in the exit codes of shells.
pub struct NotStarted {
    pub trouble: Trouble,
    pub exit: u8,
}

pub struct Running {
    group: Pid,
}

impl Running {
    /// Its happenings go to `tell`. It gets a process group of its own, so that a stop reaches what it started too.
    pub fn start(task: Task, tell: &SyncSender<Happening>) -> Result<Running, NotStarted> {
        let program = task.words.first().cloned().unwrap_or_default();
        let mut command = Command::new(&program);
        command.args(&task.words[1..]).envs(task.environment).process_group(0);
        command.stdin(task.stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| not_started(&program, &error))?;
        let group = Pid::from_child(&child);
        let own = |stream| if task.echo == Echo::Stderr { Stream::Stderr } else { stream };
        if let Some(pipe) = child.stdout.take() {
            listen(pipe, Stream::Stdout, own(Stream::Stdout), task.redraws, tell.clone());
        }
        if let Some(pipe) = child.stderr.take() {
            listen(pipe, Stream::Stderr, own(Stream::Stderr), task.redraws, tell.clone());
        }
        await_end(child, tell.clone());
        Ok(Running { group })
    }

    /// To all of the group. Nobody there any more is what a stop is for.
    pub fn signal(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = kill_process_group(self.group, signal);
        }
    }
}

/// 127 and 126, as a shell says “not found” and “cannot be run”.
fn not_started(program: &str, error: &std::io::Error) -> NotStarted {
    let exit = if error.kind() == ErrorKind::NotFound { 127 } else { 126 };
    NotStarted { trouble: Trouble::Local(format!("“{program}” cannot be started: {error}.")), exit }
}

/// The exit code that a shell would report.
pub fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

fn await_end(mut child: Child, tell: SyncSender<Happening>) {
    std::thread::spawn(move || {
        let status = child.wait().unwrap_or_else(|_| ExitStatus::from_raw(1 << 8));
        let _ = tell.send(Happening::Ended(status));
    });
}

fn listen(
    mut pipe: impl Read + Send + 'static,
    from: Stream,
    to: Stream,
    redraws: Redraws,
    tell: SyncSender<Happening>,
) {
    std::thread::spawn(move || {
        let mut splitter = Splitter::default();
        let mut buffer = vec![0; 64 * 1024];
        // A reader that is not interested any more does not stop the command: its pipe is still emptied.
        let hear = |piece| drop(tell.send(Happening::Heard(from, piece)));
        while let Some(count) = next_read(&mut pipe, &mut buffer) {
            if redraws == Redraws::AsTheyAre {
                pass_on(to, &buffer[..count]);
            }
            splitter.push(&buffer[..count], |piece| {
                pass_on(to, redrawn(redraws, &piece).as_bytes());
                hear(piece);
            });
        }
        if let Some(piece) = splitter.end() {
            pass_on(to, redrawn(redraws, &piece).as_bytes());
            hear(piece);
        }
        let _ = tell.send(Happening::Closed);
    });
}

fn next_read(pipe: &mut impl Read, buffer: &mut [u8]) -> Option<usize> {
    loop {
        match pipe.read(buffer) {
            Ok(0) => return None,
            Ok(count) => return Some(count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Empty where the bytes have been passed on already.
fn redrawn(redraws: Redraws, piece: &Piece) -> String {
    const WIPE: &str = "\x1b[K";
    match (redraws, piece) {
        (Redraws::AsTheyAre, _) | (Redraws::Dropped, Piece::Update(_)) => String::new(),
        (Redraws::Wiped, Piece::Update(text)) => format!("{WIPE}{}\r", text.trim_end()),
        (Redraws::Wiped, Piece::Line(text)) => format!("{WIPE}{text}\n"),
        (Redraws::Dropped, Piece::Line(text)) => format!("{text}\n"),
    }
}

/// Whoever reads us may be gone (`| head`); the command goes on, as its job does.
fn pass_on(to: Stream, bytes: &[u8]) {
    let _ = match to {
        Stream::Stdout => std::io::stdout().write_all(bytes).and_then(|()| std::io::stdout().flush()),
        Stream::Stderr => std::io::stderr().write_all(bytes),
    };
}
