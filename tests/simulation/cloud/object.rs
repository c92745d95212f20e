//! Objects: one of each name, woken when something comes for it, without memory when it was evicted.

use super::http::{Reply, Request, Response};
use super::socket::{WebSocket, WebSocketIncomingMessage};
use super::storage::{Disk, Storage};
use super::{Env, Result, worker_sys};
use crate::edge::job_stream_do::JobStream;
use crate::edge::project_feed_do::ProjectFeed;
use crate::edge::relay_do::Relay;
use crate::fault::Kind;
use crate::mutant::{self, Mutant};
use crate::world::{Owner, world};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

#[allow(async_fn_in_trait)]
pub trait DurableObject {
    fn new(state: State, env: Env) -> Self;
    async fn fetch(&self, request: Request) -> Result<Response>;
    async fn alarm(&self) -> Result<Response>;
    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()>;
    async fn websocket_close(&self, socket: WebSocket, code: usize, reason: String, clean: bool) -> Result<()>;
    async fn websocket_error(&self, socket: WebSocket, error: super::Error) -> Result<()>;
}

/// What an object knows of the platform.
pub struct State(Rc<Object>);

impl State {
    pub fn storage(&self) -> Storage {
        Storage(Rc::clone(&self.0.disk))
    }

    pub fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        world().spawn(self.0.owner(), work);
    }

    pub fn accept_websocket_with_tags(&self, socket: &WebSocket, tags: &[&str]) {
        socket.accept(&self.0.name, tags.first().copied().unwrap_or_default());
        self.0.sockets.borrow_mut().push(socket.clone());
    }

    pub fn get_websockets(&self) -> Vec<WebSocket> {
        let is_there = |socket: &&WebSocket| !socket.is_closed();
        self.0.sockets.borrow().iter().filter(is_there).cloned().collect()
    }

    pub fn get_tags(&self, socket: &WebSocket) -> Vec<String> {
        socket.tag().into_iter().collect()
    }

    pub fn set_websocket_auto_response(&self, _: &worker_sys::WebSocketRequestResponsePair) {}
}

enum Host {
    Job(Box<JobStream>),
    Feed(Box<ProjectFeed>),
    Relay(Relay),
}

impl Host {
    async fn answer(&self, request: Request) -> Result<Response> {
        match (self, request.is_upgrade()) {
            (Host::Job(object), true) => object.fetch(request).await,
            (Host::Feed(object), true) => object.fetch(request).await,
            (Host::Relay(object), true) => object.fetch(request).await,
            (Host::Job(object), false) => Response::ok(object.answer(&request.into_body()).await?),
            (Host::Feed(object), false) => Response::ok(object.answer(&request.into_body()).await?),
            (Host::Relay(object), false) => Response::ok(object.answer(&request.into_body()).await?),
        }
    }
}

pub struct Object {
    pub name: String,
    pub disk: Rc<Disk>,
    /// How far the clock of its machine is behind, ms.
    pub behind: Cell<u64>,
    host: RefCell<Option<Rc<Host>>>,
    /// Grows whenever the memory is lost.
    life: Cell<u64>,
    sockets: RefCell<Vec<WebSocket>>,
}

/// What becomes of the sockets when an object loses its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sockets {
    Stay,
    Break,
    /// They stay open, and nothing comes any more.
    FallSilent,
}

impl Object {
    pub fn new(name: &str) -> Rc<Object> {
        let disk = Disk::empty(name);
        let (behind, host, life, sockets) = Default::default();
        Rc::new(Object { name: name.to_owned(), disk, behind, host, life, sockets })
    }

    fn owner(&self) -> Owner {
        Owner::Object(self.name.clone(), self.life.get())
    }

    fn host(self: &Rc<Object>) -> Rc<Host> {
        let mut host = self.host.borrow_mut();
        let build = || {
            let (state, env) = (State(Rc::clone(self)), world().env);
            Rc::new(match self.name.as_str() {
                name if name.contains('/') => Host::Relay(Relay::new(state, env)),
                name if name.starts_with("job_") => Host::Job(Box::new(JobStream::new(state, env))),
                _ => Host::Feed(Box::new(ProjectFeed::new(state, env))),
            })
        };
        Rc::clone(host.get_or_insert_with(build))
    }

    pub fn fetch(self: &Rc<Object>, request: Request, reply: Reply) {
        let host = self.host();
        world().spawn(self.owner(), async move {
            reply.send(host.answer(request).await);
        });
    }

    pub fn hear(self: &Rc<Object>, socket: WebSocket, text: String) {
        let host = self.host();
        world().spawn(self.owner(), async move {
            let message = WebSocketIncomingMessage::String(text);
            let _ = match &*host {
                Host::Job(object) => object.websocket_message(socket, message).await,
                Host::Feed(object) => object.websocket_message(socket, message).await,
                Host::Relay(object) => object.websocket_message(socket, message).await,
            };
        });
    }

    pub fn left(self: &Rc<Object>, socket: WebSocket) {
        let host = self.host();
        self.sockets.borrow_mut().retain(|known| known.tag() != socket.tag());
        world().spawn(self.owner(), async move {
            let _ = match &*host {
                Host::Job(object) => object.websocket_close(socket, 1000, String::new(), true).await,
                Host::Feed(object) => object.websocket_close(socket, 1000, String::new(), true).await,
                Host::Relay(object) => object.websocket_close(socket, 1000, String::new(), true).await,
            };
        });
    }

    /// The machine's clock may have come to the alarm. An alarm whose handler dies is rung again.
    pub fn ring(self: &Rc<Object>) {
        let world = world();
        let Some(at) = self.disk.alarm.get().map(|at| at + self.behind.get()) else { return };
        if mutant::is(Mutant::AlarmNeverRings) {
            return;
        }
        if at > world.clock() {
            return world.wake_at(&self.name, at);
        }
        if world.faults.strikes(Kind::AlarmLate) {
            world.note(|| format!("the alarm of {} is late", self.name));
            return world.wake_at(&self.name, world.clock() + world.draws.between(1, 8_000));
        }
        self.disk.alarm.set(None);
        let is_twice = world.faults.strikes(Kind::AlarmTwice);
        let bell = Bell(Some(Rc::clone(self)));
        let host = self.host();
        world.spawn(self.owner(), async move {
            let outcome = match &*host {
                Host::Job(object) => object.alarm().await,
                Host::Feed(object) => object.alarm().await,
                Host::Relay(object) => object.alarm().await,
            };
            if outcome.is_ok() && !is_twice {
                bell.let_be();
            }
        });
    }

    /// Whether the platform may evict it.
    pub fn is_idle(&self) -> bool {
        !world().works_for(&self.owner())
    }

    pub fn forget(&self, sockets: Sockets) {
        world().end_tasks_of(&self.owner());
        self.life.set(self.life.get() + 1);
        let host = self.host.borrow_mut().take();
        drop(host);
        match sockets {
            Sockets::Stay => {}
            Sockets::Break => self.sockets.borrow_mut().drain(..).for_each(|socket| socket.cut()),
            Sockets::FallSilent => self.sockets.borrow_mut().drain(..).for_each(|socket| socket.silence()),
        }
        if mutant::is(Mutant::AlarmLostWithMemory) {
            self.disk.alarm.set(None);
        }
    }
}

/// An alarm that is being answered. It rings again for whom it still holds when it is let go.
struct Bell(Option<Rc<Object>>);

impl Bell {
    fn let_be(mut self) {
        self.0 = None;
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let Some(object) = self.0.take() else { return };
        let world = world();
        let again = world.clock() + world.draws.between(1, 2_000);
        object.disk.alarm.set(Some(object.disk.alarm.get().map_or(again, |at| at.min(again))));
        world.wake_at(&object.name, again);
    }
}
