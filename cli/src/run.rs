//! `jobcast run`: one command as one job. It ends as the command did; the service being away changes nothing of that.

use crate::arguments::{Reporting, Run};
use crate::attempt::{Account, Fate, Job, Notice, Opening, Outbox, Outcome, Reporter};
use crate::child::{Echo, Happening, Redraws, Running, Task, exit_code};
use crate::overseer::{Ended, Overseer, Stop, StopsFor};
use crate::progress::{Parser, Reading};
use crate::say::{self, say};
use crate::service::Service;
use crate::signals;
use crate::stages::Stages;
use crate::trouble::Trouble;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// As `env`, `timeout` and `docker run` say that the command never began.
const NEVER_BEGAN: u8 = 125;
/// What a request that is under way still gets when somebody does not want to wait.
const LAST_TRY: Duration = Duration::from_secs(1);
/// Pieces of output that wait for us; then the command waits.
const INBOX: usize = 1_024;

pub fn run(run: &Run, service: &Service, json: bool) -> Result<u8, Trouble> {
    let parser = Parser::choose(&run.reporting.progress, &run.command)?;
    let stages = Stages::parse(&run.stages)?;
    let mut opening = Opening::create(&description(run, &stages));
    let job = match opening.attempt(service) {
        Ok(job) => Some(job),
        Err(Trouble::Away { why, .. }) => {
            say(&format!("{why} The command begins all the same; its job is made once the service answers."));
            None
        }
        Err(trouble) => {
            say(&format!("{trouble} The command was not started."));
            return Ok(NEVER_BEGAN);
        }
    };
    job.iter().for_each(announce);

    let (tell, inbox) = sync_channel(INBOX);
    let signalled = tell.clone();
    signals::listen(move |signal| drop(signalled.send(Happening::Signal(signal))))?;
    let outbox = Arc::new(Outbox::default());
    let task = task(run, &parser, job.as_ref(), json);
    let started = Running::start(task, &tell);
    report(service, opening, &outbox, job.clone(), tell);

    let (outcome, exit, job, account) = match started {
        Err(not) => (not_started(&not.trouble), not.exit, job, None),
        Ok(running) => {
            let mut overseer = overseer(&outbox, parser, stages, &run.reporting, job);
            let ended = overseer.see_through(&running, &inbox);
            let (outcome, exit) = (outcome(&run.command[0], &ended), exit(&ended));
            close(&mut overseer, &outcome);
            (outcome, exit, overseer.job, ended.account)
        }
    };
    outbox.finish(outcome.clone(), Duration::from_secs(run.reporting.patience));
    let account = account.unwrap_or_else(|| last_account(&outbox, &inbox, job));
    tell_the_end(&account, &outcome, outbox.lost());
    if json {
        say::json(&document(&account, &outcome, exit, outbox.lost()));
    }
    Ok(exit)
}

fn description(run: &Run, stages: &Stages) -> Value {
    let program = Path::new(&run.command[0]).file_name().map(|name| name.to_string_lossy().into_owned());
    let mut job = json!({
        "name": run.name.clone().or(program),
        // Nobody else could go on with it.
        "maxAttempts": 1,
        "timeoutSeconds": run.timeout,
        "stages": stages.names(),
    });
    let optional = [
        ("filePath", run.path.as_ref().map(|path| json!(path))),
        ("topic", run.topic.as_ref().map(|topic| json!(topic))),
        ("payload", run.payload.clone()),
        ("meta", run.meta.clone()),
        ("priority", run.priority.map(|priority| json!(priority))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            job[name] = value;
        }
    }
    job
}

fn announce(job: &Job) {
    say(&format!("{} {}", job.id, job.events_url));
}

/// A terminal is not handed on: in its own process group the command would be stopped when it reads from there.
fn task(run: &Run, parser: &Parser, job: Option<&Job>, json: bool) -> Task {
    let terminal = std::io::stderr().is_terminal();
    let asked: Vec<_> = parser.environment().iter().filter(|(name, _)| std::env::var_os(name).is_none()).collect();
    let redraws = match (asked.is_empty(), terminal) {
        (true, _) => Redraws::AsTheyAre,
        (false, true) => Redraws::Wiped,
        (false, false) => Redraws::Dropped,
    };
    let mut environment: Vec<(String, String)> =
        asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment.extend(job.map(|job| ("JOBCAST_JOB_ID".to_owned(), job.id.clone())));
    let stdin = if std::io::stdin().is_terminal() { Stdio::null() } else { Stdio::inherit() };
    let echo = if json { Echo::Stderr } else { Echo::Same };
    Task { words: run.command.clone(), environment, stdin, echo, redraws }
}

fn report(service: &Service, opening: Opening, outbox: &Arc<Outbox>, job: Option<Job>, tell: SyncSender<Happening>) {
    let notices = tell.clone();
    let notice = move |notice| match notice {
        Notice::Began(job) => drop(notices.send(Happening::Began(job))),
        Notice::Over(refusal) => drop(notices.send(Happening::Over(refusal))),
        Notice::Refused(refusal) => say(&format!("{refusal} Nothing more is told of the command, which goes on.")),
        Notice::Away(why) => say(&format!("{why} What there is to tell waits.")),
        Notice::Back => say("The service answers again."),
    };
    let reporter = Reporter::new(service.clone(), opening, outbox.clone(), notice);
    reporter.start(job, move |account| drop(tell.send(Happening::Told(account))));
}

fn overseer(outbox: &Arc<Outbox>, parser: Parser, stages: Stages, reporting: &Reporting, job: Option<Job>) -> Overseer {
    Overseer {
        outbox: outbox.clone(),
        parser,
        stages,
        logs: reporting.logs,
        stops_for: StopsFor::Kill,
        grace: Duration::from_secs(reporting.grace),
        say: Box::new(say),
        began: announce,
        job,
        newest: None,
    }
}

fn not_started(trouble: &Trouble) -> Outcome {
    say(&trouble.to_string());
    Outcome::Failed { error: trouble.to_string(), code: "not_started".to_owned() }
}

/// What the service is told of the end. A command that was stopped did not do its work, whatever it says.
pub fn outcome(program: &str, ended: &Ended) -> Outcome {
    let code = exit_code(ended.status);
    let words = ended.last_words.as_ref().map(|words| format!(" Its last words: {words}")).unwrap_or_default();
    match &ended.stopped {
        Some(Stop::Signal(signal)) => {
            let error = format!("{program} was stopped: its producer got {}.", signals::name(*signal));
            Outcome::Failed { error, code: "interrupted".to_owned() }
        }
        Some(Stop::Over(refusal)) => Outcome::Failed { error: refusal.message.clone(), code: refusal.word.clone() },
        None if ended.status.success() => Outcome::Completed { result: json!({ "exitCode": 0 }) },
        None => match ended.status.code() {
            Some(_) => Outcome::Failed {
                error: format!("{program} ended with exit code {code}.{words}"),
                code: format!("exit_{code}"),
            },
            None => {
                let signal = i32::from(code) - 128;
                let error = format!("{program} was ended by {}.{words}", signals::name(signal));
                Outcome::Failed { error, code: signals::name(signal).to_lowercase() }
            }
        },
    }
}

/// The command's own, unless it says that all is well although it was stopped.
fn exit(ended: &Ended) -> u8 {
    match (exit_code(ended.status), &ended.stopped) {
        (0, Some(Stop::Signal(signal))) => u8::try_from(128 + signal).unwrap_or(1),
        (0, Some(Stop::Over(_))) => exit_of_a_stop(),
        (code, _) => code,
    }
}

fn exit_of_a_stop() -> u8 {
    u8::try_from(128 + signals::TERMINATE).unwrap_or(1)
}

/// The stages' end, and the last percent of a command that told percents and did all.
pub fn close(overseer: &mut Overseer, outcome: &Outcome) {
    let error = match outcome {
        Outcome::Completed { .. } => None,
        Outcome::Failed { error, .. } => Some(error.as_str()),
    };
    let reports = overseer.stages.ended(error);
    overseer.outbox.stages(reports);
    if let (None, Some(newest)) = (error, overseer.newest.take()) {
        overseer.outbox.progress(Reading { percent: 100.0, ..newest });
    }
}

/// Waits for the reporter; a signal now means that nobody wants to, and a request that hangs is not waited for.
pub fn last_account(outbox: &Outbox, inbox: &Receiver<Happening>, mut job: Option<Job>) -> Account {
    let mut patience = Duration::MAX;
    loop {
        match inbox.recv_timeout(patience) {
            Ok(Happening::Told(account)) => return account,
            Ok(Happening::Signal(_)) => {
                outbox.hurry();
                patience = LAST_TRY;
            }
            Ok(Happening::Began(begun)) => {
                announce(&begun);
                job = Some(begun);
            }
            Ok(Happening::Heard(..) | Happening::Closed | Happening::Ended(_) | Happening::Over(_)) => {}
            Err(_) => return Account { job, fate: Fate::Lost("It did not answer in time.".to_owned()) },
        }
    }
}

/// Says clearly what did not arrive.
pub fn tell_the_end(account: &Account, outcome: &Outcome, lost_lines: u64) {
    let how = match outcome {
        Outcome::Completed { .. } => "that it completed",
        Outcome::Failed { .. } => "that it failed",
    };
    let job = account.job.as_ref().map_or("the job, which was never made", |job| &job.id);
    match &account.fate {
        Fate::Told => {}
        Fate::Refused(refusal) if refusal.asks_to_stop() => {}
        Fate::Refused(refusal) => say(&format!("The service was not told of {job} {how}: {refusal}")),
        Fate::Lost(why) => say(&format!("The service was not told of {job} {how}: {why}")),
    }
    if lost_lines > 0 {
        say(&format!("{lost_lines} log lines did not reach the service."));
    }
}

fn document(account: &Account, outcome: &Outcome, exit: u8, lost_lines: u64) -> Value {
    let status = match (&account.fate, outcome) {
        (Fate::Refused(refusal), _) if refusal.asks_to_stop() => "cancelled",
        (_, Outcome::Completed { .. }) => "completed",
        (_, Outcome::Failed { .. }) => "failed",
    };
    let error = match outcome {
        Outcome::Completed { .. } => None,
        Outcome::Failed { error, .. } => Some(error),
    };
    json!({
        "jobId": account.job.as_ref().map(|job| &job.id),
        "eventsUrl": account.job.as_ref().map(|job| &job.events_url),
        "status": status,
        "exitCode": exit,
        "error": error,
        "told": account.fate == Fate::Told,
        "lostLines": lost_lines,
    })
}
