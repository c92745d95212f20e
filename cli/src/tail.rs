//! `jobcast tail`: a job's log, and how it grows.
//! Invariant: each line once, in order. The stream tells where it is first; then the pages bring what was before, and
//! lines that both bring are known by their number.

use crate::arguments::Tail;
use crate::follower::{Event, Follower};
use crate::printable;
use crate::say::{self, say};
use crate::service::{Call, Service};
use crate::trouble::Trouble;
use jobcast::event::LogLevel;
use jobcast::limits;
use jobcast::logs::parse_level;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::time::Duration;

const EVENTS: &str = "job:log";

struct Log<'service> {
    service: &'service Service,
    job: &'service str,
    patience: Duration,
    /// In the service's words; empty: all.
    levels: Vec<String>,
    /// Of what was there at the beginning.
    last: Option<usize>,
    json: bool,
    colour: bool,
    /// The number of the newest line that was seen.
    seq: u64,
}

pub fn tail(tail: &Tail, service: &Service, json: bool) -> Result<u8, Trouble> {
    let patience = Duration::from_secs(tail.patience);
    let mut log = Log {
        service,
        job: &tail.job,
        patience,
        levels: tail.level.iter().map(|word| level(word)).collect::<Result<_, _>>()?,
        last: tail.lines,
        json,
        colour: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        seq: 0,
    };
    if tail.no_follow {
        log.pages()?;
        return Ok(0);
    }
    let told = |event: &Event| match event.kind.as_str() {
        // Also after a `reset`: what the stream could not bring any more, the pages may.
        "job:snapshot" => log.pages(),
        "job:log" => {
            log.stream(&event.data["lines"]);
            Ok(())
        }
        _ => Ok(()),
    };
    Follower::new(service, &tail.job, EVENTS, patience).follow(told, |why| say(&format!("{why} Trying again.")))?;
    Ok(0)
}

fn level(word: &str) -> Result<String, Trouble> {
    let wrong = || Trouble::Usage(format!("--level {word}: give trace, debug, info, warn, error or fatal."));
    let level: LogLevel = parse_level(word).ok_or_else(wrong)?;
    Ok(serde_json::json!(level).as_str().unwrap_or_default().to_owned())
}

impl Log<'_> {
    /// Everything there is after the newest line that was seen.
    fn pages(&mut self) -> Result<(), Trouble> {
        let levels = if self.levels.is_empty() { String::new() } else { format!("&level={}", self.levels.join(",")) };
        let mut kept = VecDeque::new();
        loop {
            let (after, limit) = (self.seq, limits::PAGE_LOG);
            let path = format!("/api/v1/jobs/{}/logs?after={after}&limit={limit}{levels}", self.job);
            let mut page = self.service.ask(&Call::get(path), self.patience)?;
            for line in page["logs"].as_array_mut().map(std::mem::take).unwrap_or_default() {
                self.seq = line["seq"].as_u64().unwrap_or(self.seq);
                match self.last {
                    None => self.print(&line),
                    Some(last) => {
                        kept.push_back(line);
                        kept.drain(..kept.len().saturating_sub(last));
                    }
                }
            }
            let Some(next) = page["nextAfter"].as_u64() else { break };
            self.seq = next;
        }
        kept.iter().for_each(|line| self.print(line));
        // Only the beginning is shortened.
        self.last = None;
        Ok(())
    }

    fn stream(&mut self, lines: &Value) {
        for line in lines.as_array().into_iter().flatten() {
            let seq = line["seq"].as_u64().unwrap_or_default();
            if seq <= self.seq {
                continue;
            }
            self.seq = seq;
            let level = line["level"].as_str().unwrap_or_default();
            if self.levels.is_empty() || self.levels.iter().any(|wanted| wanted == level) {
                self.print(line);
            }
        }
    }

    fn print(&self, line: &Value) {
        if self.json {
            return say::json(line);
        }
        let (level, message) =
            (line["level"].as_str().unwrap_or_default(), line["message"].as_str().unwrap_or_default());
        let message = printable::log_line(message);
        say::line(&match (self.colour, level) {
            (true, "error" | "fatal") => format!("\x1b[31m{message}\x1b[0m"),
            (true, "warn") => format!("\x1b[33m{message}\x1b[0m"),
            (true, "debug" | "trace") => format!("\x1b[2m{message}\x1b[0m"),
            _ => message,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_the_service_s() {
        assert_eq!(level("Warning").unwrap(), "warn");
        assert!(level("loud").unwrap_err().to_string().contains("give trace"));
    }
}
