//! Owns what may be typed.

use crate::config::Settings;
use crate::overseer::Logs;
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use std::path::PathBuf;

/// Live progress of background jobs: run commands as jobs, watch them, work them off.
#[derive(Debug, Parser)]
#[command(name = "jobcast", version, propagate_version = true, infer_long_args = true, after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "Settings: flags come before JOBCAST_URL, JOBCAST_API_KEY, JOBCAST_ADMIN_TOKEN, and these before \
the file ~/.config/jobcast/config.toml (url, api_key, admin_token).

Exit codes: 0 done · 1 the service or this machine would not · 2 typed or configured wrongly · 3 refused by the service · \
4 no such job · 10 the watched job failed · 11 it was cancelled. `run` ends as its command did; 125 means that it never began.";

#[derive(Debug, Args)]
pub struct Global {
    /// Where the service is [default: http://localhost:8787]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    url: Option<String>,
    /// An API key. Others on this machine can see it: better set JOBCAST_API_KEY, or write it into the file
    #[arg(long, global = true, value_name = "KEY", hide_short_help = true)]
    api_key: Option<String>,
    /// The file with the settings, in place of the usual one
    #[arg(long, global = true, value_name = "FILE", env = "JOBCAST_CONFIG", hide_env_values = true, value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// JSON on stdout: one document, or one a line where there are many. Words for people go to stderr
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    pub fn settings(&self) -> Settings {
        Settings { url: self.url.clone(), api_key: self.api_key.as_deref().map(Into::into), admin_token: None }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a command as a job: its output becomes the log, its progress the job's, its exit code the outcome
    Run(Box<Run>),
    /// Watch a job's stages and progress; end with its outcome
    Watch(Watch),
    /// Show a job's log, and go on as it grows
    Tail(Tail),
    /// List jobs, newest first
    List(List),
    /// Take jobs from the queue and run a command for each
    Work(Work),
    /// Make, list and revoke API keys, with the admin token
    #[command(subcommand)]
    Keys(Keys),
    /// Print the completions of a shell
    Completions { shell: Shell },
}

#[derive(Debug, Args)]
pub struct Run {
    /// What the job is called [default: the program's name]
    #[arg(long, short)]
    pub name: Option<String>,
    /// The file that the job is about
    #[arg(long, visible_alias = "file", value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub path: Option<String>,
    /// What the job is about, for people
    #[arg(long)]
    pub topic: Option<String>,
    /// A stage, in order. The first begins with the command, each other with the first line that matches its pattern
    #[arg(long = "stage", value_name = "NAME[=REGEX]")]
    pub stages: Vec<String>,
    /// JSON that the job carries, for who may read the job
    #[arg(long, value_name = "JSON", value_parser = json)]
    pub payload: Option<serde_json::Value>,
    /// A JSON object that is shown with the job
    #[arg(long, value_name = "JSON", value_parser = json)]
    pub meta: Option<serde_json::Value>,
    /// 1 high, 2 normal, 3 low
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub priority: Option<u8>,
    /// How long the service waits for a sign of life before it gives the job up: longer than it may be out of reach
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(jobcast::limits::TIMEOUT_SECONDS))]
    pub timeout: u64,
    #[command(flatten)]
    pub reporting: Reporting,
    /// The command and its words
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<String>,
}

/// How a command's output is told.
#[derive(Debug, Clone, Args)]
pub struct Reporting {
    /// auto, ffmpeg, cargo, rsync, percent, none, or a regular expression with (?P<percent>…), or (?P<current>…) and (?P<total>…)
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: String,
    /// Which of the command's streams become log lines
    #[arg(long, value_enum, default_value_t = Logs::Both, value_name = "STREAMS")]
    pub logs: Logs,
    /// Between the request to stop and the kill
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub grace: u64,
    /// How long to go on telling the outcome when the service is out of reach
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub patience: u64,
}

#[derive(Debug, Args)]
pub struct Watch {
    pub job: String,
    /// How long the service may be out of reach
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub patience: u64,
}

#[derive(Debug, Args)]
pub struct Tail {
    pub job: String,
    /// Only lines of these levels: trace, debug, info, warn, error, fatal; several with commas
    #[arg(long, value_delimiter = ',', value_name = "LEVELS")]
    pub level: Vec<String>,
    /// Only the last so many lines of what there is
    #[arg(long, short = 'n', value_name = "COUNT")]
    pub lines: Option<usize>,
    /// End with the lines that there are
    #[arg(long, overrides_with = "follow")]
    pub no_follow: bool,
    /// Go on until the job ends (the default)
    #[arg(long, short, overrides_with = "no_follow")]
    pub follow: bool,
    /// How long the service may be out of reach
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub patience: u64,
}

#[derive(Debug, Args)]
pub struct List {
    /// scheduled, pending, delivered, running, completed, failed, cancelled
    #[arg(long, short)]
    pub status: Option<String>,
    /// Only jobs of exactly this name
    #[arg(long)]
    pub name: Option<String>,
    /// Only jobs of exactly this file path
    #[arg(long, visible_alias = "file", value_name = "PATH")]
    pub path: Option<String>,
    #[arg(long, short, default_value_t = 20, value_name = "COUNT")]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct Work {
    /// Only jobs of these names
    #[arg(long, short, required = true)]
    pub name: Vec<String>,
    /// The command for each job, in words as a shell splits them, but no shell runs it. `{payload}` is the path of a JSON
    /// file with the job's payload, `{job}` the job's id
    #[arg(long, value_name = "COMMAND")]
    pub exec: String,
    /// So many jobs at a time
    #[arg(long, short, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=50))]
    pub concurrency: u16,
    /// End after so many jobs
    #[arg(long, value_name = "COUNT")]
    pub max_jobs: Option<usize>,
    #[command(flatten)]
    pub reporting: Reporting,
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key. It is printed once, on stdout
    Create {
        #[command(flatten)]
        project: Project,
        /// What it may do, with commas: jobs:worker, jobs:write, jobs:read, …
        #[arg(long, required = true, value_delimiter = ',')]
        scopes: Vec<String>,
        /// Whose it is
        #[arg(long)]
        name: Option<String>,
        /// How long it is good, as in 30d, 12h, 90m, 45s [default: for ever]
        #[arg(long, value_parser = duration, value_name = "TIME")]
        expires: Option<u64>,
    },
    /// List the keys of a project: what they may do, and whether they still may
    List {
        #[command(flatten)]
        project: Project,
    },
    /// End a key
    Revoke {
        #[command(flatten)]
        project: Project,
        /// Its id, key_…
        key: String,
    },
}

#[derive(Debug, Args)]
pub struct Project {
    /// A project's id or name, or `default`
    #[arg(long, default_value = "default")]
    pub project: String,
}

fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))
}

/// Seconds.
fn duration(text: &str) -> Result<u64, String> {
    let wrong = || "give a number and a unit, as in 30d, 12h, 90m or 45s".to_owned();
    let unit = match text.chars().last() {
        Some('d') => 86_400,
        Some('h') => 3_600,
        Some('m') => 60,
        Some('s') => 1,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(unit).filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_the_dashes_is_the_command_s_own() {
        let typed = ["jobcast", "run", "--name", "encode", "--json", "--", "ffmpeg", "-i", "in.mp4", "--json"];
        let Command::Run(run) = Arguments::parse_from(typed).command else { panic!("it is run") };
        assert_eq!(run.command, ["ffmpeg", "-i", "in.mp4", "--json"]);
    }

    #[test]
    fn following_can_be_said_either_way_and_the_last_word_counts() {
        let no_follow = |typed: &[&str]| {
            let Command::Tail(tail) = Arguments::parse_from([&["jobcast", "tail", "job_1"], typed].concat()).command
            else {
                panic!("it is tail")
            };
            tail.no_follow
        };
        assert!(!no_follow(&[]));
        assert!(no_follow(&["--no-follow"]));
        assert!(!no_follow(&["--no-follow", "--follow"]));
        assert!(no_follow(&["--follow", "--no-follow"]));
    }

    #[test]
    fn times_have_units() {
        assert_eq!((duration("30d"), duration("2h"), duration("1m")), (Ok(2_592_000), Ok(7_200), Ok(60)));
        for wrong in ["", "d", "0d", "3", "-1d", "3 d", "1ü", "99999999999999999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_payload_is_json() {
        let error = Arguments::try_parse_from(["jobcast", "run", "--payload", "{", "true"]).unwrap_err().to_string();
        assert!(error.contains("it is no JSON"), "{error}");
    }
}
