//! All readers together.

use crate::churn::Visit;
use crate::connection::Service;
use crate::latency::Latency;
use crate::order::{Leaving, Moment, Order, Pace};
use crate::paced::Paced;
use crate::produce::Producers;
use crate::reader::Reader;
use crate::seen::Seen;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinSet, spawn_local};
use tokio::time::timeout;

/// What readers tell the crowd, and the crowd its readers.
#[derive(Default)]
pub struct Board {
    /// A reader has begun or ended, or frames that were waited for are there.
    pub news: Notify,
    /// The crowd has told its readers something.
    pub told: Notify,
    frames: Cell<u64>,
    wanted: Cell<u64>,
    /// From commit to reader, and from report to reader.
    latency: RefCell<Latency>,
    journey: RefCell<Latency>,
}

impl Board {
    /// A frame of the log that came at `now`; `due` is when its report was, where it says so. Microseconds.
    pub fn count(&self, id: u64, due: Option<u64>, now: u64) {
        self.latency.borrow_mut().note(id * 1_000, now);
        if let Some(due) = due {
            self.journey.borrow_mut().note(due, now);
        }
        self.frames.set(self.frames.get() + 1);
        if self.frames.get() == self.wanted.get() {
            self.news.notify_waiters();
        }
    }
}

pub struct Crowd {
    service: Rc<Service>,
    board: Rc<Board>,
    readers: RefCell<Vec<Rc<Reader>>>,
    /// Connections so far.
    connections: Cell<usize>,
}

impl Crowd {
    pub fn new(service: Service) -> Crowd {
        Crowd {
            service: Rc::new(service),
            board: Rc::default(),
            readers: RefCell::default(),
            connections: Cell::new(0),
        }
    }

    pub async fn carry_out(&self, order: Order) -> Value {
        let since = Instant::now();
        let mut answer = match order {
            Order::Open { paths, times, at_once, pace, cursor, resumes } => {
                for path in std::iter::repeat_n(&paths, times).flatten() {
                    self.open(at_once, |number| Reader::new(number, path, pace, cursor, resumes)).await;
                }
                self.wait(|readers| readers.iter().all(|reader| reader.begun.get())).await;
                json!({ "open": self.open_streams() })
            }
            Order::Frames { count, within } => self.frames(count, within.map(Duration::from_millis)).await,
            Order::Latency => {
                let mut told = self.board.latency.take().told();
                told["fromReport"] = self.board.journey.take().told();
                told
            }
            Order::Produce(load) => Producers::new(Rc::clone(&self.service), &load).produce(load.connections).await,
            Order::Pace { path, headers, count, milliseconds } => {
                let paced = Paced::new(Rc::clone(&self.service), path, headers);
                json!({ "taken": paced.report(count, Duration::from_millis(milliseconds)).await })
            }
            Order::Release => {
                self.readers.borrow().iter().for_each(|reader| reader.pace.set(Pace::Full));
                self.board.told.notify_waiters();
                self.ended().await
            }
            Order::Ended => self.ended().await,
            Order::Tally => self.tally(),
            Order::Leave { how } => self.leave(how),
            Order::Churn { paths, count, when, how, at_once } => self.churn(&paths, count, when, how, at_once).await,
        };
        answer["ms"] = json!(since.elapsed().as_micros() as f64 / 1_000.0);
        answer
    }

    /// Begins one more stream, once fewer than `at_once` are beginning.
    async fn open(&self, at_once: usize, reader: impl FnOnce(usize) -> Reader) {
        let beginning = |readers: &[Rc<Reader>]| {
            readers.iter().rev().take(2 * at_once).filter(|reader| !reader.begun.get()).count()
        };
        self.wait(|readers| beginning(readers) < at_once).await;
        let reader = Rc::new(reader(self.next_number()));
        self.readers.borrow_mut().push(Rc::clone(&reader));
        let (service, board) = (Rc::clone(&self.service), Rc::clone(&self.board));
        spawn_local(async move { reader.follow(&service, &board).await });
    }

    fn next_number(&self) -> usize {
        self.connections.replace(self.connections.get() + 1)
    }

    async fn wait(&self, test: impl Fn(&[Rc<Reader>]) -> bool) {
        loop {
            let news = self.board.news.notified();
            if test(&self.readers.borrow()) {
                return;
            }
            news.await;
        }
    }

    async fn frames(&self, count: u64, within: Option<Duration>) -> Value {
        self.board.wanted.set(count);
        let there =
            self.wait(|readers| self.board.frames.get() >= count || readers.iter().all(|reader| has_ended(reader)));
        // What is there when the time is over is the answer too.
        let _ = timeout(within.unwrap_or(Duration::MAX), there).await;
        json!({ "frames": self.board.frames.get() })
    }

    async fn ended(&self) -> Value {
        self.wait(|readers| readers.iter().all(|reader| has_ended(reader))).await;
        json!({ "open": 0 })
    }

    fn open_streams(&self) -> usize {
        self.readers.borrow().iter().filter(|reader| !has_ended(reader)).count()
    }

    fn tally(&self) -> Value {
        let mut groups: HashMap<(Rc<str>, Seen), usize> = HashMap::new();
        for reader in self.readers.borrow().iter() {
            *groups.entry((Rc::clone(&reader.path), reader.seen.borrow().clone())).or_default() += 1;
        }
        let told = groups.into_iter().map(|((path, seen), streams)| {
            let ending = seen.ending.map(|ending| ending.word());
            json!({ "path": &*path, "streams": streams, "ids": seen.ids, "lines": seen.lines, "resets": seen.resets, "cuts": seen.cuts, "ending": ending })
        });
        json!({ "groups": told.collect::<Vec<_>>() })
    }

    fn leave(&self, how: Leaving) -> Value {
        let readers = self.readers.take();
        readers.iter().for_each(|reader| reader.leaving.set(Some(how)));
        self.board.told.notify_waiters();
        self.board.frames.set(0);
        json!({ "left": readers.len() })
    }

    async fn churn(&self, paths: &[String], count: usize, when: Moment, how: Leaving, at_once: usize) -> Value {
        let places = Rc::new(Semaphore::new(at_once));
        let mut visits = JoinSet::new();
        for path in paths.iter().cycle().take(count) {
            let (service, places, path) = (Rc::clone(&self.service), Rc::clone(&places), path.clone());
            let number = self.next_number();
            visits.spawn_local(async move {
                let _place = places.acquire().await;
                Visit { number, path: &path, when, how }.pay(&service).await
            });
        }
        let came = visits.join_all().await.into_iter().filter(|came| *came).count();
        json!({ "came": came })
    }
}

fn has_ended(reader: &Reader) -> bool {
    reader.seen.borrow().ending.is_some()
}
