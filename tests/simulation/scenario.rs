//! One run: who takes part and what goes wrong, both drawn from a seed; then the faults stop, and everything must come
//! to rest. Anybody and any fault can be left out, so that a failure is told in as few words as possible.

use crate::check::reading::Subject;
use crate::cloud::Env;
use crate::cloud::d1::migrated;
use crate::draws::Draws;
use crate::fault::{self, Fault};
use crate::feed::Channel;
use crate::history::Violation;
use crate::id::{JobId, ProjectId};
use crate::people::{any_job, create, interfere, tidy_up};
use crate::producer::Worker;
use crate::reader::Reader;
use crate::time::Timestamp;
use crate::view::pipeline::{Lens, Narrowing};
use crate::view::{JobLens, Visibility};
use crate::world::{Owner, START, Trace, World, world};
use crate::{check, cloud};
use rusqlite::Connection;

/// Those who take part, each with a number of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Creator(u64),
    Worker(u64),
    Meddler(u64),
    JobReader(u64),
    FeedReader(u64),
}

#[derive(Debug, Clone)]
pub struct Scenario {
    pub seed: u64,
    pub parts: Vec<Part>,
    pub faults: Vec<Fault>,
    retention_hour_seconds: u64,
    readers_per_object: usize,
}

/// When the faults stop, and how long everything has to come to rest, ms.
const LENGTH: u64 = 25_000;
const REST: u64 = 60_000;

pub fn project() -> ProjectId {
    ProjectId::new(Timestamp(START), 1)
}

impl Scenario {
    pub fn drawn(seed: u64) -> Scenario {
        let draws = Draws::new(seed, 2);
        let mut parts = vec![];
        let mut add = |count: u64, part: fn(u64) -> Part| parts.extend((0..count).map(part));
        add(draws.between(1, 3), Part::Creator);
        add(draws.between(1, 3), Part::Worker);
        add(draws.below(3), Part::Meddler);
        add(draws.between(1, 6), Part::JobReader);
        add(draws.between(1, 2), Part::FeedReader);
        let faults = fault::drawn(&draws, LENGTH);
        // Mostly longer than the run; sometimes logs expire in the midst of it.
        let retention_hour_seconds = *draws.pick(&[3_600, 3_600, 3_600, 8, 1]);
        let readers_per_object = *draws.pick(&[0, 1, 2, 1_000]);
        Scenario { seed, parts, faults, retention_hour_seconds, readers_per_object }
    }

    pub fn run(&self, trace: Trace) -> (Result<(), Violation>, Vec<String>) {
        let Scenario { retention_hour_seconds, readers_per_object, .. } = *self;
        let env = Env { retention_hour_seconds, readers_per_object };
        let world = World::begin(self.seed, &self.faults, env, directory(), trace);
        self.parts.iter().for_each(|part| self.enter(*part));
        world.spawn(Owner::Client, tidy_up(LENGTH));
        let outcome = world.run_until(LENGTH + REST).and_then(|()| {
            let history = world.history.borrow();
            check::reports::hold(&history)?;
            check::settled::hold(&history, &world.directory)
        });
        (outcome, world.end())
    }

    fn enter(&self, part: Part) {
        let draws = |kind: u64, number: u64| Draws::new(self.seed, 100 * kind + number);
        let world = world();
        let start = |work| world.spawn(Owner::Client, work);
        match part {
            Part::Creator(number) => start(Box::pin(create(draws(1, number))) as Work),
            Part::Worker(number) => {
                let worker = Worker { name: number as usize, draws: draws(2, number), until: LENGTH };
                start(Box::pin(worker.run()));
            }
            Part::Meddler(number) => start(Box::pin(interfere(draws(3, number), LENGTH))),
            Part::JobReader(number) => start(Box::pin(read_a_job(number as usize, draws(4, number)))),
            Part::FeedReader(number) => {
                let draws = draws(5, number);
                let subject = Subject::Feed(*draws.pick(&[Channel::Queue, Channel::Activity]));
                let reader = Reader { number: 100 + number as usize, subject, draws, until: LENGTH };
                start(Box::pin(reader.run()));
            }
        }
    }
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Waits until there is a job, and then reads it for good.
async fn read_a_job(number: usize, draws: Draws) {
    cloud::delay::pause(draws.below(15_000)).await;
    let job = loop {
        match any_job(&draws) {
            Some(job) => break job,
            None => cloud::delay::pause(500).await,
        }
    };
    let lens = |visibility| JobLens::Pipeline(Lens { visibility, narrowing: Narrowing::default() });
    let lens = draws.pick(&[lens(Visibility::Full), lens(Visibility::Public), JobLens::Asset]).clone();
    Reader { number, subject: subject(job, lens), draws, until: LENGTH }.run().await;
}

fn subject(job: JobId, lens: JobLens) -> Subject {
    Subject::Job(job, lens)
}

/// The directory with one project.
fn directory() -> Connection {
    let db = migrated();
    let insert = "INSERT INTO projects (id, name, public_read, project_key, retention_hours, is_default, created_at)
        VALUES (?1, 'simulated', 1, 'pk_1', 1, 1, 1)";
    db.execute(insert, [project().as_str()]).expect("a project");
    db
}
