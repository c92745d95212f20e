//! Owns the words for what happens to a watched job, one line each: for logs of CI, pipes and files.

use super::board::{Board, Stage};
use crate::follower::Event;

/// A log of CI does not need each percent.
const STEP: f64 = 10.0;

#[derive(Debug, Default)]
pub struct Plain {
    said_percent: f64,
}

impl Plain {
    pub fn show(&mut self, event: &Event, board: &Board) -> Option<String> {
        match event.kind.as_str() {
            "job:snapshot" => {
                self.said_percent = board.percent;
                (!board.has_ended()).then(|| format!("{}: {}, {}", board.title, board.status, percent(board)))
            }
            "job:started" => Some(format!("attempt {} of {}", board.attempt, board.max_attempts)),
            "job:progress" if (board.percent - self.said_percent).abs() >= STEP => {
                self.said_percent = board.percent;
                Some(percent(board))
            }
            "job:retry" => Some(format!("attempt {} comes: {}", board.attempt, error(board))),
            "job:completed" => Some(ending(board)),
            "job:failed" => Some(ending(board)),
            kind => board.stages.iter().find(|stage| kind.strip_prefix("stage:") == Some(&stage.name)).map(stage_line),
        }
    }
}

fn percent(board: &Board) -> String {
    match board.message.as_str() {
        "" => format!("{:.0}%", board.percent),
        message => format!("{:.0}% {message}", board.percent),
    }
}

fn error(board: &Board) -> &str {
    board.error.as_deref().unwrap_or("without a reason")
}

/// The last line, here and on a terminal.
pub fn ending(board: &Board) -> String {
    match board.status.as_str() {
        "completed" => format!("{}: completed", board.title),
        status => format!("{}: {status}: {}", board.title, error(board)),
    }
}

/// A stage's state in words.
pub fn stage_line(stage: &Stage) -> String {
    let seconds = stage.seconds.map(|seconds| format!(" in {seconds:.1} s")).unwrap_or_default();
    let detail = stage.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{}: {}{seconds}{detail}", stage.name, stage.status)
}
