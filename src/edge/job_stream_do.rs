//! Owns the object of one job: the entry points that the platform calls, and what the object holds in memory.
//! Refuses to own rules (`decide`), storage (`journal`), sockets (`subscribers`), the directory (`projection`).
//! Invariant: between loading the record and committing the events there is no `await`, and what is committed goes to the
//! subscribers before anything else is told them, so that order, atomicity and a seam without gaps follow from the platform's single
//! thread.

use crate::call::{self, Ask, Call, Order, Question, Reply, Subscription, signal};
use crate::command::Command;
use crate::edge::complaint::Subject;
use crate::edge::gathering::Gathering;
use crate::edge::job_log::JobLog;
use crate::edge::journal::Journal;
use crate::edge::meter;
use crate::edge::outbox::Outbox;
use crate::edge::platform;
use crate::edge::reading;
use crate::edge::relaying::{Relaying, room};
use crate::edge::subscribers::{FAILED, NORMAL, Subscribers, close, cut_lost, joined, subscription};
use crate::event::Event;
use crate::id::ProjectId;
use crate::problem::Problem;
use crate::record::{Record, Settled};
use crate::relay::Seat;
use crate::time::Timestamp;
use crate::view::JobLens;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    console_log, worker_sys,
};
#[cfg(target_arch = "wasm32")]
use {crate::edge::errand, wasm_bindgen::prelude::*};

// The host's simulation calls the entry points itself.
#[cfg_attr(target_arch = "wasm32", worker::durable_object)]
pub struct JobStream {
    object: Rc<JobObject>,
}

/// When an object was built.
#[derive(Clone, Copy, PartialEq)]
enum Wake {
    Now,
    Before,
}

/// Shared with work that goes on behind an answer.
pub struct JobObject {
    pub state: State,
    pub env: Env,
    pub subject: Subject,
    pub journal: Journal,
    pub memory: RefCell<Memory>,
}

/// What is lost when the object is evicted, and found again when it wakes.
#[derive(Default)]
pub struct Memory {
    pub woken: bool,
    pub record: Option<Record>,
    pub subscribers: Subscribers<JobLens>,
    /// When the alarm is set for.
    pub alarm_at: Option<Timestamp>,
    /// Events appended since the record was stored.
    pub unsaved: u32,
    /// The newest events that the directory and the project's feed are known to have.
    pub settled: Settled,
    /// Since when the directory lacks something that it shows.
    pub owed_since: Option<Timestamp>,
    /// A projection waits behind the reports.
    pub projecting: bool,
    pub projected_at: Timestamp,
    /// Projections under way.
    pub in_flight: u32,
    pub outbox: Outbox,
    pub gathering: Gathering,
    /// Committed, and not yet handed to the subscribers: for some milliseconds (`spreading`).
    pub fresh: Vec<Event>,
    pub is_spreading: bool,
    pub relaying: Relaying,
    /// How long the project keeps logs, hours, as the directory last said.
    pub retention_hours: Option<u64>,
}

impl DurableObject for JobStream {
    fn new(state: State, env: Env) -> Self {
        cut_lost(&state);
        if let Ok(pair) = worker_sys::WebSocketRequestResponsePair::new(signal::PING, signal::PONG) {
            state.set_websocket_auto_response(&pair);
        }
        let journal = Journal::new(&state);
        JobStream {
            object: Rc::new(JobObject { state, env, subject: Subject::default(), journal, memory: RefCell::default() }),
        }
    }

    /// Joins a stream; everything else is asked by `answer`.
    async fn fetch(&self, request: Request) -> Result<Response> {
        self.object.begin().await?;
        self.object.subscribe(&request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.object.wake().await?;
        self.object.clone().alarm().await;
        self.object.tell_counts();
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        self.object.begin().await?;
        if matches!(&message, WebSocketIncomingMessage::String(text) if text == signal::NEXT) {
            self.object.next_page(&socket);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _clean: bool) -> Result<()> {
        self.object.leave(&socket);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: Error) -> Result<()> {
        self.object.leave(&socket);
        Ok(())
    }
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
impl JobStream {
    /// Answers a `Call`, JSON to JSON. The Worker calls it by RPC (worker.js): a `Request` and a `Response` built for each
    /// report would cost more than the report.
    #[wasm_bindgen(js_name = answer)]
    pub fn answer_by_rpc(&self, call: js_sys::JsString) -> errand::Outcome {
        let stream = JobStream { object: Rc::clone(&self.object) };
        errand::begun(async move { Ok(stream.answer(&platform::text(call)?).await?.into()) })
    }
}

impl JobStream {
    pub async fn answer(&self, call: &str) -> Result<String> {
        self.object.begin().await?;
        let call = Call::read(call)?;
        self.object.subject.is_job(&call.job);
        let is_new = |order: &Order| matches!(order.command, Command::Create(_)) && !order.is_repeat;
        if !matches!(&call.ask, Ask::Command(order) if is_new(order)) {
            self.object.restore(&call.job).await?;
        }
        let reply = match call.ask {
            Ask::Command(order) if self.object.is_gone(&call.job, &call.project, &order).await? => {
                self.object.answer_as_created(&order)
            }
            Ask::Command(order) => self.object.clone().order(&call.project, order).await,
            Ask::Question(question) => self.object.read(&call.project, &question),
            Ask::Relay(request) => self.object.serve_relay(&call.project, request),
        };
        self.object.tell_counts();
        Ok(call::told(reply)?)
    }
}

impl JobObject {
    /// Before anything is asked of it. What an interrupted object left undone has nobody else who would look after it.
    async fn begin(self: &Rc<Self>) -> Result<()> {
        if self.wake().await? == Wake::Now {
            self.arm_anew().await;
            self.tell_relays();
        }
        Ok(())
    }

    /// Loads what was lost in sleep. The only `await` is for the alarm's time, before anything is decided.
    async fn wake(&self) -> Result<Wake> {
        if self.memory.borrow().woken {
            return Ok(Wake::Before);
        }
        let alarm_at = self.state.storage().get_alarm().await?.map(|time| Timestamp(time as u64));
        let mut memory = self.memory.borrow_mut();
        if !memory.woken {
            let (record, unsaved) = self.journal.load()?.unzip();
            let unsaved = unsaved.unwrap_or_default();
            let mut subscribers = Subscribers::wake(&self.state);
            if !memory.fresh.is_empty() {
                // The storage failed before they heard: they come back with their cursors.
                subscribers.cut();
            }
            let settled = record.as_ref().map(|record| record.settled).unwrap_or_default();
            if let Some(record) = &record {
                let created = &record.job.created;
                self.subject.is_job(&created.id);
                self.subject.is_of(&created.project);
                console_log!("{}", json!({ "event": "object.woken", "job": created.id, "project": created.project }));
            }
            let relaying = Relaying::wake(record.as_ref());
            *memory =
                Memory { woken: true, record, subscribers, alarm_at, unsaved, settled, relaying, ..Memory::default() };
        }
        Ok(Wake::Now)
    }

    /// Adds what this isolate counted to the totals, behind the answer, when it is time.
    fn tell_counts(&self) {
        if let Some(telling) = meter::due(&self.env) {
            self.state.wait_until(telling);
        }
    }

    fn read(&self, project: &ProjectId, question: &Question) -> Reply {
        let memory = self.memory.borrow();
        let record = visible(&memory.record, project)?;
        reading::read(&self.subject, &self.journal, record, question)
    }

    async fn subscribe(self: &Rc<Self>, request: &Request) -> Result<Response> {
        let subscription: Subscription = subscription(request)?;
        self.subject.is_job(&subscription.job);
        self.restore(&subscription.job).await?;
        match self.seat(&subscription.project) {
            Ok(Seat::AtARelay { of }) => Response::from_json(&Seat::AtARelay { of }),
            Ok(Seat::Here) => joined(self.join(subscription)),
            Err(problem) => joined(Err(problem)),
        }
    }

    fn seat(&self, project: &ProjectId) -> std::result::Result<Seat, Problem> {
        let memory = self.memory.borrow();
        Ok(visible(&memory.record, project)?.relays.seat(memory.subscribers.count(), room(&self.env)))
    }

    fn join(self: &Rc<Self>, subscription: Subscription) -> std::result::Result<Option<WebSocket>, Problem> {
        self.publish();
        let mut memory = self.memory.borrow_mut();
        let Memory { record, subscribers, .. } = &mut *memory;
        let record = visible(record, &subscription.project)?;
        if subscribers.is_full() {
            return Err(Problem::unavailable());
        }
        let log = JobLog { journal: &self.journal, record };
        let plan = log.plan(&subscription.lens, subscription.cursor);
        let Some(from) = plan.from() else { return Ok(None) };
        let pair = WebSocketPair::new().map_err(|error| self.subject.internal(error))?;
        subscribers
            .join(&self.state, pair.server, subscription.lens, plan, from, &log)
            .map_err(|error| self.subject.internal(error))?;
        Ok(Some(pair.client))
    }

    fn next_page(self: &Rc<Self>, socket: &WebSocket) {
        self.publish();
        let mut memory = self.memory.borrow_mut();
        let memory = &mut *memory;
        let Some(tag) = self.state.get_tags(socket).pop() else { return };
        let Some(record) = &memory.record else {
            // The log expired under a reader that was catching up: it comes back, and is told.
            close(socket, FAILED, "gone");
            return memory.subscribers.leave(&tag);
        };
        if let Err(error) = memory.subscribers.next_page(&tag, &JobLog { journal: &self.journal, record }) {
            self.subject.complain("replay.failed", &error.to_string());
            close(socket, FAILED, "failed");
            memory.subscribers.leave(&tag);
        }
    }

    fn leave(&self, socket: &WebSocket) {
        if let Some(tag) = self.state.get_tags(socket).pop() {
            self.memory.borrow_mut().subscribers.leave(&tag);
        }
        close(socket, NORMAL, "bye");
    }

    /// Sets the alarm for `wanted` unless one fires before: an alarm that fires early re-arms itself, so that
    /// pushing a deadline out writes nothing.
    pub async fn arm(&self, wanted: Option<Timestamp>) {
        let Some(wanted) = wanted else { return };
        let wanted = wanted.max(platform::now());
        if self.memory.borrow().alarm_at.is_some_and(|at| at <= wanted) {
            return;
        }
        self.memory.borrow_mut().alarm_at = Some(wanted);
        if let Err(error) = self.state.storage().set_alarm(platform::alarm_time(wanted)).await {
            self.subject.complain("alarm.failed", &error.to_string());
            self.memory.borrow_mut().alarm_at = None;
        }
    }
}

/// The record, for its own project; to everybody else the job does not exist.
pub fn visible<'a>(record: &'a Option<Record>, project: &ProjectId) -> std::result::Result<&'a Record, Problem> {
    let own = |record: &&Record| record.job.created.project == *project && !record.is_deleting();
    record.as_ref().filter(own).ok_or_else(Problem::job_not_found)
}
