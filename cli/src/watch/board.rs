//! Owns what a watcher sees of a job: what the stream's events add up to.

use crate::follower::Event;
use crate::printable::one_line;
use jobcast::time::Timestamp;
use serde_json::Value;

/// Statuses are the stream's words: queued, running, completed, failed, cancelled.
#[derive(Debug, Default, PartialEq)]
pub struct Board {
    pub title: String,
    pub status: String,
    pub percent: f64,
    pub message: String,
    pub attempt: u64,
    pub max_attempts: u64,
    pub started: Option<Timestamp>,
    pub stages: Vec<Stage>,
    /// Why it failed or was cancelled, or why the last attempt did.
    pub error: Option<String>,
}

/// Statuses are the stream's words: pending, running, done, skipped, error.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Stage {
    pub name: String,
    pub status: String,
    pub detail: Option<String>,
    pub seconds: Option<f64>,
    pub percent: Option<f64>,
}

impl Board {
    pub fn apply(&mut self, event: &Event) {
        let data = &event.data;
        match event.kind.as_str() {
            "job:snapshot" => *self = snapshot(data),
            "job:started" => {
                self.status = "running".to_owned();
                self.attempt = data["attempt"].as_u64().unwrap_or(self.attempt);
            }
            "job:progress" => self.progress(data),
            "job:retry" => {
                self.status = "queued".to_owned();
                self.attempt = data["attempt"].as_u64().unwrap_or(self.attempt);
                self.error = text(&data["error"]);
                self.close("pending");
            }
            "job:completed" => {
                (self.status, self.error) = ("completed".to_owned(), None);
                self.close("done");
            }
            "job:failed" => self.failed(data),
            kind => {
                if let Some(name) = kind.strip_prefix("stage:") {
                    self.stage(name, data);
                }
            }
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed" | "cancelled")
    }

    fn progress(&mut self, data: &Value) {
        self.percent = data["percent"].as_f64().unwrap_or(self.percent);
        self.message = text(&data["message"]).unwrap_or_default();
        self.sub_progress(&data["subProgress"]);
    }

    fn sub_progress(&mut self, parts: &Value) {
        for stage in &mut self.stages {
            if let Some(percent) = parts[&stage.name]["percent"].as_f64() {
                stage.percent = Some(percent);
            }
        }
    }

    fn failed(&mut self, data: &Value) {
        let cancelled = data["cancelled"].as_bool().unwrap_or(false);
        self.status = if cancelled { "cancelled" } else { "failed" }.to_owned();
        self.error = text(&data["reason"]).or(text(&data["error"]));
        self.close(if cancelled { "skipped" } else { "error" });
    }

    fn stage(&mut self, name: &str, data: &Value) {
        let index = self.stages.iter().position(|stage| stage.name == name).unwrap_or_else(|| {
            self.stages.push(Stage { name: name.to_owned(), ..Stage::default() });
            self.stages.len() - 1
        });
        let stage = &mut self.stages[index];
        let status = match data["type"].as_str() {
            Some("start") => "running",
            Some("complete") => "done",
            Some("skipped") => "skipped",
            Some("error") => "error",
            // A word of the producer's own does not move the stage.
            _ => return,
        };
        stage.status = status.to_owned();
        stage.seconds = data["durationSec"].as_f64();
        stage.detail = ["detail", "error", "reason"].iter().find_map(|field| text(&data[*field]));
    }

    /// What was open when the attempt ended.
    fn close(&mut self, status: &str) {
        self.stages
            .iter_mut()
            .filter(|stage| stage.status == "running")
            .for_each(|stage| stage.status = status.to_owned());
    }
}

fn snapshot(data: &Value) -> Board {
    let id = text(&data["id"]).unwrap_or_default();
    let stages = data["stages"].as_object().into_iter().flatten().map(|(name, stage)| Stage {
        name: name.clone(),
        status: text(&stage["status"]).unwrap_or_default(),
        detail: text(&stage["detail"]),
        seconds: stage["durationSec"].as_f64(),
        percent: None,
    });
    let mut board = Board {
        title: ["name", "filePath"].iter().find_map(|field| text(&data[*field])).unwrap_or(id),
        status: text(&data["status"]).unwrap_or_default(),
        percent: data["progress"].as_f64().unwrap_or_default(),
        message: text(&data["message"]).unwrap_or_default(),
        attempt: data["attempt"].as_u64().unwrap_or(1),
        max_attempts: data["maxAttempts"].as_u64().unwrap_or(1),
        started: data["startedAt"].as_str().and_then(Timestamp::parse_iso),
        stages: stages.collect(),
        error: text(&data["error"]),
    };
    board.sub_progress(&data["subProgress"]);
    board
}

/// One line of it: a terminal's rows are counted.
fn text(value: &Value) -> Option<String> {
    value.as_str().map(one_line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn after(events: &[(&str, Value)]) -> Board {
        let mut board = Board::default();
        for (kind, data) in events {
            board.apply(&Event { kind: (*kind).to_owned(), id: None, data: data.clone() });
        }
        board
    }

    fn given() -> (&'static str, Value) {
        let stages = json!({ "fetch": { "status": "done", "durationSec": 2 }, "encode": { "status": "pending" } });
        (
            "job:snapshot",
            json!({ "id": "job_1", "name": "film", "status": "running", "stages": stages, "progress": 10, "attempt": 1, "maxAttempts": 3 }),
        )
    }

    fn statuses(board: &Board) -> Vec<(&str, &str)> {
        board.stages.iter().map(|stage| (stage.name.as_str(), stage.status.as_str())).collect()
    }

    #[test]
    fn stages_and_progress_move() {
        let board = after(&[
            given(),
            ("stage:encode", json!({ "type": "start" })),
            (
                "job:progress",
                json!({ "percent": 60, "message": "pass\n2", "subProgress": { "encode": { "percent": 20 } } }),
            ),
            ("stage:encode", json!({ "type": "score", "detail": "7" })),
        ]);
        assert_eq!((board.percent, board.message.as_str()), (60.0, "pass 2"));
        assert_eq!(statuses(&board), [("fetch", "done"), ("encode", "running")]);
        assert_eq!((board.stages[1].percent, &board.stages[1].detail), (Some(20.0), &None));
    }

    #[test]
    fn an_end_closes_what_was_open() {
        let running = ("stage:encode", json!({ "type": "start" }));
        let ends = [
            (("job:completed", json!({})), "completed", "done"),
            (("job:failed", json!({ "error": "no space" })), "failed", "error"),
            (
                ("job:failed", json!({ "error": "Job killed", "cancelled": true, "reason": "by me" })),
                "cancelled",
                "skipped",
            ),
        ];
        for (end, status, stage) in ends {
            let board = after(&[given(), running.clone(), end]);
            assert_eq!((board.status.as_str(), board.stages[1].status.as_str()), (status, stage));
            assert!(board.has_ended());
        }
    }

    #[test]
    fn a_retry_tells_the_attempt_that_comes() {
        let board = after(&[given(), ("job:retry", json!({ "attempt": 2, "error": "no space" }))]);
        assert_eq!((board.status.as_str(), board.attempt, board.error.as_deref()), ("queued", 2, Some("no space")));
        assert!(!board.has_ended());
    }
}
