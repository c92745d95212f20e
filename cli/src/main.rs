//! The command line of Jobcast. Parses, calls, and turns what came of it into an exit code; the rest is one noun a file.

mod arguments;
mod attempt;
mod backoff;
mod child;
mod config;
mod level;
mod output;
mod overseer;
mod progress;
mod run;
mod say;
mod service;
mod signals;
mod stages;
mod trouble;

use arguments::{Arguments, Command};
use clap::Parser;
use config::{Secret, Settings};
use say::say;
use service::Service;
use std::process::ExitCode;
use trouble::{Exit, Trouble};

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
    let (file, warning) = config::read_file(global.config.as_deref())?;
    warning.iter().for_each(|warning| say(warning));
    let environment = Settings::of_environment(|name| std::env::var(name).ok());
    let settings = global.settings().or(environment).or(file);
    let base = settings.base()?;
    let service = |key: Option<&Secret>| Service::new(&base, key.cloned());
    match &arguments.command {
        Command::Run(run) => run::run(run, &service(Some(key(&settings)?)), global.json),
        _ => todo!(),
    }
}

fn key(settings: &Settings) -> Result<&Secret, Trouble> {
    let missing = "No API key: set JOBCAST_API_KEY, or write api_key = \"jc_…\" into ~/.config/jobcast/config.toml.";
    settings.api_key.as_ref().ok_or_else(|| Trouble::Usage(missing.to_owned()))
}
