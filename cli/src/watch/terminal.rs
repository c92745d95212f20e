//! Draws a job on a terminal: one bar for all of it, one line a stage.
//! Invariant: what is drawn is the board; indicatif owns the cursor, the width and the redrawing.

use super::board::{Board, Stage};
use super::plain::{ending, stage_line};
use crate::say;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TICK: Duration = Duration::from_millis(120);
/// A bar counts in tenths of a percent.
const WHOLE: u64 = 1_000;

pub struct Terminal {
    screen: MultiProgress,
    whole: Option<ProgressBar>,
    /// In the order of the board, which only grows; with the status that was drawn.
    stages: Vec<(ProgressBar, String)>,
}

impl Default for Terminal {
    fn default() -> Terminal {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        Terminal { screen, whole: None, stages: vec![] }
    }
}

impl Terminal {
    pub fn draw(&mut self, board: &Board) {
        let whole = self.whole.get_or_insert_with(|| {
            let bar = self.screen.add(ProgressBar::new(WHOLE).with_elapsed(since(board)));
            bar.enable_steady_tick(TICK);
            bar
        });
        whole.set_style(style(whole_template(board)));
        whole.set_prefix(board.title.clone());
        whole.set_position((board.percent * 10.0) as u64);
        whole.set_message(match board.status.as_str() {
            "queued" => format!("waiting for attempt {} of {}", board.attempt, board.max_attempts),
            _ => board.message.clone(),
        });
        for (index, stage) in board.stages.iter().enumerate() {
            self.stage(index, stage);
        }
        if board.has_ended() {
            self.end(board);
        }
    }

    fn stage(&mut self, index: usize, stage: &Stage) {
        if self.stages.len() <= index {
            let bar = self.screen.add(ProgressBar::new(WHOLE));
            self.stages.push((bar, String::new()));
        }
        let (bar, drawn) = &mut self.stages[index];
        if *drawn != stage.status {
            drawn.clone_from(&stage.status);
            // The time that a running stage shows begins here.
            bar.reset_elapsed();
            if stage.status == "running" { bar.enable_steady_tick(TICK) } else { bar.disable_steady_tick() }
        }
        bar.set_style(style(stage_template(stage)));
        bar.set_prefix(stage.name.clone());
        bar.set_position(stage.percent.map_or(0, |percent| (percent * 10.0) as u64));
        bar.set_message(stage_line(stage));
        bar.tick();
    }

    /// What was drawn stays; the outcome stands below it.
    fn end(&mut self, board: &Board) {
        for bar in self.stages.iter().map(|(bar, _)| bar).chain(&self.whole) {
            bar.abandon();
        }
        let mark = if board.status == "completed" { "\u{1b}[32m✓\u{1b}[0m" } else { "\u{1b}[31m✗\u{1b}[0m" };
        say::line(&format!("{mark} {}", ending(board)));
    }
}

/// How long the job has run already, by this machine's clock.
fn since(board: &Board) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = board.started.map(|started| Duration::from_millis(started.0));
    started.map_or(Duration::ZERO, |started| now.saturating_sub(started))
}

fn whole_template(board: &Board) -> &'static str {
    match board.status.as_str() {
        "completed" => "{prefix:.bold} {bar:40.green} {percent:>3}% {elapsed} {wide_msg}",
        "failed" | "cancelled" => "{prefix:.bold} {bar:40.red} {percent:>3}% {elapsed} {wide_msg}",
        _ => "{prefix:.bold} {bar:40.cyan/dim} {percent:>3}% {elapsed} {wide_msg}",
    }
}

fn stage_template(stage: &Stage) -> &'static str {
    match (stage.status.as_str(), stage.percent) {
        ("running", Some(_)) => "  {spinner:.cyan} {prefix} {bar:24.cyan/dim} {percent:>3}% {elapsed}",
        ("running", None) => "  {spinner:.cyan} {prefix} {elapsed:.dim} ",
        ("done", _) => "  \u{1b}[32m✓\u{1b}[0m {wide_msg}",
        ("error", _) => "  \u{1b}[31m✗\u{1b}[0m {wide_msg}",
        ("skipped", _) => "  - {wide_msg:.dim}",
        _ => "  · {prefix:.dim}",
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template").progress_chars("━━─")
}
