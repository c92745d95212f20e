//! Producers: connections that report as fast as they are answered, with requests that were rendered before.

use crate::connection::Service;
use crate::cycle;
use crate::latency::{self, Latency};
use crate::line::Line;
use crate::order::Load;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What all connections share.
pub struct Producers {
    service: Rc<Service>,
    /// None stand for whole lives of jobs.
    requests: Vec<Vec<u8>>,
    until: Option<Instant>,
    /// Requests begun, and how many may be.
    begun: Cell<usize>,
    most: usize,
    tally: RefCell<Tally>,
}

#[derive(Default)]
struct Tally {
    /// Answers, by their status.
    statuses: BTreeMap<u16, u64>,
    latency: Latency,
}

impl Producers {
    /// Every body for every path; paths change faster than bodies.
    pub fn new(service: Rc<Service>, load: &Load) -> Rc<Producers> {
        let for_paths =
            |body: &Vec<u8>| load.paths.iter().map(|path| service.post(path, &load.headers, body)).collect::<Vec<_>>();
        Rc::new(Producers {
            requests: load.bodies.iter().flat_map(for_paths).collect(),
            service: Rc::clone(&service),
            until: load.milliseconds.map(|time| Instant::now() + Duration::from_millis(time)),
            begun: Cell::new(0),
            most: load.count.unwrap_or(usize::MAX),
            tally: RefCell::default(),
        })
    }

    /// `connections` at once, until their time is over or all is asked. A connection that breaks counts as status 0.
    pub async fn produce(self: Rc<Self>, connections: usize) -> Value {
        let mut lines = JoinSet::new();
        for number in 0..connections {
            let producers = Rc::clone(&self);
            lines.spawn_local(async move {
                if producers.one(number).await.is_err() {
                    producers.note(0, latency::now());
                }
            });
        }
        lines.join_all().await;
        let tally = self.tally.borrow();
        json!({ "statuses": tally.statuses, "latency": tally.latency.told() })
    }

    async fn one(&self, number: usize) -> io::Result<()> {
        let mut line = Line::open(&self.service, number).await?;
        while let Some(number) = self.next() {
            let since = latency::now();
            let status = match self.requests.get(number % self.requests.len().max(1)) {
                Some(request) => line.ask(request).await?,
                None => cycle::live(&self.service, &mut line).await?,
            };
            self.note(status, since);
        }
        Ok(())
    }

    fn note(&self, status: u16, since: u64) {
        let mut tally = self.tally.borrow_mut();
        tally.latency.note(since, latency::now());
        *tally.statuses.entry(status).or_default() += 1;
    }

    /// The number of the next request, unless it is over.
    fn next(&self) -> Option<usize> {
        let number = self.begun.get();
        if number >= self.most || self.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        self.begun.set(number + 1);
        Some(number)
    }
}
