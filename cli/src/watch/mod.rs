//! `jobcast watch`: a job's stages and progress, until its end, which is the exit code.

mod board;
mod plain;
mod terminal;

use crate::arguments::Watch;
use crate::follower::{Event, Follower};
use crate::say::{self, say};
use crate::service::Service;
use crate::trouble::{Exit, Trouble};
use board::Board;
use plain::Plain;
use serde_json::json;
use std::io::IsTerminal;
use std::time::Duration;
use terminal::Terminal;

/// No lines: `tail` has them.
const EVENTS: &str = "job:started,job:progress,job:retry,stage:*";

enum Screen {
    Json,
    Plain(Plain),
    Terminal(Terminal),
}

pub fn watch(watch: &Watch, service: &Service, json: bool) -> Result<u8, Trouble> {
    let mut screen = match (json, std::io::stdout().is_terminal()) {
        (true, _) => Screen::Json,
        (false, true) => Screen::Terminal(Terminal::default()),
        (false, false) => Screen::Plain(Plain::default()),
    };
    let mut board = Board::default();
    let follower = Follower::new(service, &watch.job, EVENTS, Duration::from_secs(watch.patience));
    let told = |event: &Event| {
        board.apply(event);
        match &mut screen {
            Screen::Json => say::json(&document(event)),
            Screen::Plain(plain) => plain.show(event, &board).iter().for_each(|text| say::line(text)),
            Screen::Terminal(terminal) => terminal.draw(&board),
        }
        Ok(())
    };
    follower.follow(told, |why| say(&format!("{why} Trying again.")))?;
    Ok(exit(&board) as u8)
}

pub fn document(event: &Event) -> serde_json::Value {
    json!({ "type": event.kind, "id": event.id, "data": event.data })
}

fn exit(board: &Board) -> Exit {
    match board.status.as_str() {
        "completed" => Exit::Done,
        "cancelled" => Exit::JobCancelled,
        _ => Exit::JobFailed,
    }
}
