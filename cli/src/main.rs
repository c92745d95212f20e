//! The command line of Jobcast. Parses, calls, and turns what came of it into an exit code; the rest is one noun a file.

mod arguments;
mod attempt;
mod backoff;
mod child;
mod config;
mod follower;
mod keys;
mod level;
mod list;
mod output;
mod overseer;
mod printable;
mod progress;
mod run;
mod say;
mod service;
mod signals;
mod stages;
mod table;
mod tail;
mod trouble;
mod watch;
mod work;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use config::{Secret, Settings};
use jobcast::id::JobId;
use say::say;
use service::Service;
use std::process::ExitCode;
use trouble::Trouble;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match begin(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(trouble) => {
            say(&trouble.to_string());
            ExitCode::from(trouble.exit() as u8)
        }
    }
}

fn begin(arguments: &Arguments) -> Result<u8, Trouble> {
    let global = &arguments.global;
    let (file, warning) = config::read_file(global.config.as_deref().filter(|path| !path.as_os_str().is_empty()))?;
    warning.iter().for_each(|warning| say(warning));
    let environment = Settings::of_environment(|name| std::env::var(name).ok());
    let settings = global.settings().or(environment).or(file);
    let base = settings.base()?;
    let service = |key: Option<&Secret>| Service::new(&base, key.cloned());
    match &arguments.command {
        Command::Completions { shell } => Ok(complete(*shell)),
        Command::Run(run) => run::run(run, &service(Some(key(&settings)?)), global.json),
        // Public projects are watched without a key.
        Command::Watch(watch) => {
            watch::watch(with_job(watch, &watch.job)?, &service(settings.api_key.as_ref()), global.json)
        }
        Command::Tail(tail) => tail::tail(with_job(tail, &tail.job)?, &service(Some(key(&settings)?)), global.json),
        Command::List(list) => list::list(list, &service(Some(key(&settings)?)), global.json),
        Command::Work(work) => work::work(work, &service(Some(key(&settings)?)), global.json),
        Command::Keys(keys) => keys::keys(keys, &service(Some(admin_token(&settings)?)), global.json),
    }
}

fn key(settings: &Settings) -> Result<&Secret, Trouble> {
    let missing = "No API key: set JOBCAST_API_KEY, or write api_key = \"jc_…\" into ~/.config/jobcast/config.toml.";
    settings.api_key.as_ref().ok_or_else(|| Trouble::Usage(missing.to_owned()))
}

fn admin_token(settings: &Settings) -> Result<&Secret, Trouble> {
    let missing = "No admin token: set JOBCAST_ADMIN_TOKEN (`npm start` keeps its own in .dev.vars).";
    settings.admin_token.as_ref().ok_or_else(|| Trouble::Usage(missing.to_owned()))
}

/// An id that cannot be one is a slip of the hand, said without asking the service.
fn with_job<Of>(arguments: Of, job: &str) -> Result<Of, Trouble> {
    let wrong =
        || Trouble::Usage(format!("“{job}” is no job's id: it looks like job_01M7…; `jobcast list` shows them."));
    JobId::parse(job).map(|_| arguments).ok_or_else(wrong)
}

fn complete(shell: Shell) -> u8 {
    clap_complete::generate(shell, &mut Arguments::command(), "jobcast", &mut std::io::stdout());
    0
}
