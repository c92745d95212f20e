//! Owns which stage a command is in. The first begins with the command, each later one with the first line that matches
//! its pattern, which ends the one before.
//! Invariant: stages only go forward; one that was passed over is skipped, the last one ends as the command does.

use crate::trouble::Trouble;
use regex::Regex;
use serde_json::{Value, json};

#[derive(Debug)]
struct Step {
    name: String,
    begins: Option<Regex>,
}

/// A stage's name, and what to tell of it.
pub type Report = (String, Value);

#[derive(Debug, Default)]
pub struct Stages {
    steps: Vec<Step>,
    current: Option<usize>,
}

impl Stages {
    /// `name`, or `name=pattern`.
    pub fn parse(typed: &[String]) -> Result<Stages, Trouble> {
        let steps = typed.iter().enumerate().map(|(index, text)| step(index, text)).collect::<Result<_, _>>()?;
        Ok(Stages { steps, current: None })
    }

    pub fn names(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.name.as_str()).collect()
    }

    /// The command has begun.
    pub fn began(&mut self) -> Vec<Report> {
        let at_once = self.steps.first().is_some_and(|step| step.begins.is_none());
        if at_once { self.enter(0) } else { vec![] }
    }

    pub fn heard(&mut self, line: &str) -> Vec<Report> {
        let next = self.current.map_or(0, |current| current + 1);
        let matches = |step: &Step| step.begins.as_ref().is_some_and(|begins| begins.is_match(line));
        let found = self.steps.iter().skip(next).position(matches);
        found.map(|offset| self.enter(next + offset)).unwrap_or_default()
    }

    /// The command has ended; `error` says how, if not well.
    pub fn ended(&mut self, error: Option<&str>) -> Vec<Report> {
        let Some(current) = self.current else { return vec![] };
        let report = match error {
            None => json!({ "type": "complete" }),
            Some(error) => json!({ "type": "error", "error": error }),
        };
        let rest = if error.is_none() { self.skipped(current + 1, self.steps.len()) } else { vec![] };
        [vec![self.report(current, report)], rest].concat()
    }

    fn enter(&mut self, index: usize) -> Vec<Report> {
        let before = self.current.replace(index);
        let completed = before.map(|before| self.report(before, json!({ "type": "complete" })));
        let skipped = self.skipped(before.map_or(0, |before| before + 1), index);
        completed.into_iter().chain(skipped).chain([self.report(index, json!({ "type": "start" }))]).collect()
    }

    fn skipped(&self, from: usize, to: usize) -> Vec<Report> {
        (from..to).map(|index| self.report(index, json!({ "type": "skipped" }))).collect()
    }

    fn report(&self, index: usize, report: Value) -> Report {
        (self.steps[index].name.clone(), report)
    }
}

fn step(index: usize, typed: &str) -> Result<Step, Trouble> {
    let wrong = |why: String| Trouble::Usage(format!("--stage {typed}: {why}."));
    let Some((name, pattern)) = typed.split_once('=') else {
        return match index {
            0 => Ok(Step { name: typed.to_owned(), begins: None }),
            _ => Err(wrong(format!("say by which line it begins, as in --stage '{typed}=^Linking'"))),
        };
    };
    let begins = Regex::new(pattern).map_err(|_| wrong(format!("“{pattern}” is no regular expression")))?;
    Ok(Step { name: name.to_owned(), begins: Some(begins) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(typed: &[&str]) -> Stages {
        Stages::parse(&typed.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn told(reports: Vec<Report>) -> Vec<String> {
        reports.iter().map(|(name, report)| format!("{name} {}", report["type"].as_str().unwrap())).collect()
    }

    #[test]
    fn each_begins_by_its_line_and_ends_the_one_before() {
        let mut stages = stages(&["compile", "link=^Linking", "pack=^Packing"]);
        assert_eq!(told(stages.began()), ["compile start"]);
        assert!(stages.heard("Compiling").is_empty());
        assert_eq!(told(stages.heard("Linking app")), ["compile complete", "link start"]);
        assert!(stages.heard("Linking again").is_empty());
        assert_eq!(told(stages.ended(Some("no space"))), ["link error"]);
    }

    #[test]
    fn one_that_was_passed_over_is_skipped() {
        let mut stages = stages(&["a=^A", "b=^B", "c=^C", "d=^D"]);
        assert!(stages.began().is_empty());
        assert_eq!(told(stages.heard("A")), ["a start"]);
        assert_eq!(told(stages.heard("C")), ["a complete", "b skipped", "c start"]);
        assert_eq!(told(stages.ended(None)), ["c complete", "d skipped"]);
    }

    #[test]
    fn a_later_stage_must_say_how_it_begins() {
        let error = Stages::parse(&["a".to_owned(), "b".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("--stage 'b=^Linking'"), "{error}");
    }
}
