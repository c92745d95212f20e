//! Owns the object of one relay: it holds readers of one job, as the job's own object does, and sends them what it is told.
//! It has no log and no storage: how a stream begins, and pages for those who are not where the relay is, it gets from
//! the job (`relay`, `relaying`); where each reader stands is kept on its socket (`audience`).

use crate::call::{RelaySubscription, signal};
use crate::edge::audience::{Audience, SharedPage, seat_of};
use crate::edge::complaint::Subject;
use crate::edge::meter;
use crate::edge::platform::jitter;
use crate::edge::relay_object::{self, Home};
use crate::edge::reply::Failure;
use crate::edge::subscribers::{NORMAL, close, cut_lost, joined, subscription};
use crate::id::{EventId, JobId};
use crate::problem::Problem;
use crate::relay::{Arrival, Beginning, Heard, Page, Request as Wanted, Telling};
use crate::view::JobLens;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;
use worker::{
    Delay, DurableObject, Env, Error, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, console_log, worker_sys,
};

/// After so long without news, ms, a relay notes where its readers stand. The platform lets it sleep after 10 s.
const QUIET_MS: u64 = 2_000;
/// How long a relay waits, at least, before it asks again for a page that the job could not give, ms; the last time it gives up.
const PAUSES_MS: [u64; 4] = [100, 200, 400, 800];

// The host's simulation calls the entry points itself.
#[cfg_attr(target_arch = "wasm32", worker::durable_object)]
pub struct Relay {
    object: Rc<RelayObject>,
}

/// Shared with work that goes on behind an answer.
struct RelayObject {
    state: State,
    env: Env,
    subject: Subject,
    memory: RefCell<Memory>,
}

/// What is lost when the relay is evicted, and found again when it wakes.
#[derive(Default)]
struct Memory {
    woken: bool,
    audience: Audience,
    /// Where the relay stands: it was told of everything up to there.
    stands_at: EventId,
    /// Through which lenses readers are coming: asked for, and not there yet.
    coming: Vec<JobLens>,
    /// Who waits for which page: those who stand at the same place get the same.
    turning: HashMap<(JobLens, EventId), Vec<String>>,
    is_over: bool,
    /// It is going to note where its readers stand.
    is_settling: bool,
}

impl DurableObject for Relay {
    fn new(state: State, env: Env) -> Self {
        cut_lost(&state);
        if let Ok(pair) = worker_sys::WebSocketRequestResponsePair::new(signal::PING, signal::PONG) {
            state.set_websocket_auto_response(&pair);
        }
        Relay { object: Rc::new(RelayObject { state, env, subject: Subject::default(), memory: RefCell::default() }) }
    }

    /// Joins a stream; what happens is told by `answer`.
    async fn fetch(&self, request: Request) -> Result<Response> {
        let wanted: RelaySubscription = subscription(&request)?;
        self.object.wake(&wanted.subscription.job);
        joined(self.object.join(wanted).await)
    }

    /// None is ever set.
    async fn alarm(&self) -> Result<Response> {
        Response::empty()
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if matches!(&message, WebSocketIncomingMessage::String(text) if text == signal::NEXT) {
            self.object.next_page(&socket).await;
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
impl Relay {
    /// Takes a `Telling`, as JSON, and answers with who `Heard` it. The job's object and other relays call it by RPC (worker.js).
    #[wasm_bindgen(js_name = answer)]
    pub async fn answer_by_rpc(&self, telling: String) -> std::result::Result<String, JsValue> {
        Ok(self.answer(&telling).await?)
    }
}

impl Relay {
    pub async fn answer(&self, telling: &str) -> Result<String> {
        let telling: Telling = serde_json::from_str(telling)?;
        self.object.wake(&telling.job);
        let heard = self.object.hear(telling).await?;
        if let Some(counts) = meter::due(&self.object.env) {
            self.object.state.wait_until(counts);
        }
        Ok(serde_json::to_string(&heard)?)
    }
}

impl RelayObject {
    fn wake(&self, job: &JobId) {
        let mut memory = self.memory.borrow_mut();
        if memory.woken {
            return;
        }
        self.subject.is_job(job);
        console_log!("{}", json!({ "event": "relay.woken", "job": job }));
        let mut audience = Audience::wake(&self.state);
        let stands_at = audience.foremost().unwrap_or_default();
        audience.call(stands_at);
        *memory = Memory { woken: true, audience, stands_at, ..Memory::default() };
    }

    /// Sends the news on, to its readers and to the relays that it tells.
    async fn hear(self: &Rc<Self>, telling: Telling) -> Result<Heard> {
        let Telling { job, project, relay, of, news } = telling;
        {
            let mut memory = self.memory.borrow_mut();
            let Memory { audience, stands_at, .. } = &mut *memory;
            // What was heard already is told on all the same: somebody further down may not have heard it.
            if news.until > *stands_at {
                audience.publish(&news, *stands_at);
                *stands_at = news.until;
            }
            if news.is_over {
                audience.dismiss();
                memory.is_over = true;
            }
        }
        self.settle();
        let home = Home { job, project };
        let told = relay_object::tell(&self.env, &home, relay, of, &news).await?;
        Ok(self.heard().and(told))
    }

    /// Who is here, or about to be.
    fn heard(&self) -> Heard {
        let memory = self.memory.borrow();
        let coming = Heard { readers: memory.coming.len(), lenses: memory.coming.clone() };
        let lenses = memory.audience.lenses().into_iter().cloned().collect();
        Heard { readers: memory.audience.count(), lenses }.and(coming)
    }

    /// Notes where the readers stand when there has been no news for a while: not with each, which would be work for each
    /// reader.
    fn settle(self: &Rc<Self>) {
        let mut memory = self.memory.borrow_mut();
        if memory.audience.is_empty() || std::mem::replace(&mut memory.is_settling, true) {
            return;
        }
        let object = Rc::clone(self);
        self.state.wait_until(async move {
            loop {
                let before = object.memory.borrow().stands_at;
                Delay::from(Duration::from_millis(QUIET_MS)).await;
                let mut memory = object.memory.borrow_mut();
                if memory.stands_at == before {
                    memory.audience.rest();
                    memory.is_settling = false;
                    return;
                }
            }
        });
    }

    async fn join(&self, wanted: RelaySubscription) -> std::result::Result<Option<WebSocket>, Problem> {
        if self.memory.borrow().audience.is_full() {
            return Err(Problem::unavailable());
        }
        let RelaySubscription { relay, of, subscription } = wanted;
        let home = Home { job: subscription.job, project: subscription.project };
        let lens = subscription.lens;
        let arrival = Arrival { relay, of, readers: self.memory.borrow().audience.count() };
        let request = Wanted::Begin { arrival, lens: lens.clone(), cursor: subscription.cursor };
        self.memory.borrow_mut().coming.push(lens.clone());
        let beginning = self.ask(&home, request).await;
        self.has_come(&lens);
        match beginning? {
            Some(beginning) => self.take_in((home, lens), beginning).map(Some),
            None => Ok(None),
        }
    }

    fn has_come(&self, lens: &JobLens) {
        let mut memory = self.memory.borrow_mut();
        if let Some(place) = memory.coming.iter().position(|coming| coming == lens) {
            memory.coming.swap_remove(place);
        }
    }

    fn take_in(&self, reader: (Home, JobLens), beginning: Beginning) -> std::result::Result<WebSocket, Problem> {
        let mut memory = self.memory.borrow_mut();
        let Memory { audience, stands_at, is_over, .. } = &mut *memory;
        if *is_over {
            return Err(Problem::job_not_found());
        }
        if audience.is_empty() {
            // Nobody stands where the relay stood.
            *stands_at = beginning.tail.max(*stands_at);
        }
        let pair = WebSocketPair::new().map_err(|error| self.subject.internal(error))?;
        audience
            .join(&self.state, pair.server, reader, beginning, *stands_at)
            .map_err(|error| self.subject.internal(error))?;
        Ok(pair.client)
    }

    /// The bridge has written a page and asks for the next.
    async fn next_page(&self, socket: &WebSocket) {
        let Some((job, tag)) = seat_of(socket).map(|seat| seat.job).zip(self.state.get_tags(socket).pop()) else {
            return;
        };
        self.wake(&job);
        let Some((home, place)) = self.asked_for(tag) else { return };
        let page = self.page(&home, &place).await;
        let mut memory = self.memory.borrow_mut();
        let Memory { audience, turning, stands_at, .. } = &mut *memory;
        for tag in turning.remove(&place).unwrap_or_default() {
            match &page {
                // Else it was told in the meantime.
                Ok(page) if audience.asks(&tag).as_ref() == Some(&place) => audience.turn_page(&tag, page, *stands_at),
                Ok(_) => {}
                Err(_) => audience.cut(&tag),
            }
        }
    }

    /// For all who wait for it. A job that cannot answer now is asked again before they are cut, because the readers of all relays would
    /// come back to it together.
    async fn page(&self, home: &Home, (lens, from): &(JobLens, EventId)) -> std::result::Result<SharedPage, Problem> {
        for pause in PAUSES_MS {
            let page: std::result::Result<Page, Problem> =
                self.ask(home, Wanted::Page { lens: lens.clone(), from: *from }).await;
            match page {
                Err(problem) if problem.status() == 503 => {
                    Delay::from(Duration::from_millis(pause + (pause as f64 * jitter()) as u64)).await;
                }
                page => return page.map(SharedPage::from),
            }
        }
        Err(Problem::unavailable())
    }

    /// Whose page is to be asked for; `None` where it has been already.
    fn asked_for(&self, tag: String) -> Option<(Home, (JobLens, EventId))> {
        let mut memory = self.memory.borrow_mut();
        let home = memory.audience.home()?;
        let place = memory.audience.asks(&tag)?;
        let waiting = memory.turning.entry(place.clone()).or_default();
        waiting.push(tag);
        (waiting.len() == 1).then_some((home, place))
    }

    async fn ask<T: DeserializeOwned>(&self, home: &Home, wanted: Wanted) -> std::result::Result<T, Problem> {
        let said = relay_object::ask_job(&self.env, home, wanted).await.map_err(|failure| match failure {
            Failure::Problem(problem) => problem,
            // The job's object cannot be reached now: its readers come back.
            _ => Problem::unavailable(),
        })?;
        serde_json::from_str(&said.text()).map_err(|error| self.subject.internal(error.into()))
    }

    fn leave(&self, socket: &WebSocket) {
        if let Some(tag) = self.state.get_tags(socket).pop() {
            self.memory.borrow_mut().audience.leave(&tag);
        }
        close(socket, NORMAL, "bye");
    }
}
