//! Requests, answers, and the way to an object: requests and answers get lost, are late, or come twice.

use super::slot::Slot;
use super::{Error, Result, WebSocket};
use crate::fault::Kind;
use crate::mutant::{self, Mutant};
use crate::world::world;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Clone, Default)]
pub struct Headers(Rc<RefCell<BTreeMap<String, String>>>);

impl Headers {
    pub fn new() -> Headers {
        Headers::default()
    }

    pub fn get(&self, name: &str) -> Result<Option<String>> {
        Ok(self.0.borrow().get(name).cloned())
    }

    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        self.0.borrow_mut().insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}

#[derive(Debug, Clone)]
pub struct Request {
    url: String,
    headers: Headers,
    body: String,
}

impl Request {
    pub fn new(url: &str, headers: Headers) -> Request {
        Request { url: url.to_owned(), headers, body: String::new() }
    }

    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    pub fn url(&self) -> Result<url::Url> {
        url::Url::parse(&self.url).map_err(|error| Error::from(error.to_string()))
    }

    pub fn into_body(self) -> String {
        self.body
    }

    /// To join a stream.
    pub fn is_upgrade(&self) -> bool {
        self.headers.0.borrow().contains_key("upgrade")
    }
}

#[derive(Debug, Default)]
pub struct Response {
    status: u16,
    body: String,
    socket: Option<WebSocket>,
}

impl Response {
    pub fn ok(body: impl Into<String>) -> Result<Response> {
        Ok(Response { status: 200, body: body.into(), socket: None })
    }

    pub fn error(body: impl Into<String>, status: u16) -> Result<Response> {
        Ok(Response { status, body: body.into(), socket: None })
    }

    pub fn empty() -> Result<Response> {
        Response::ok("")
    }

    pub fn from_json(value: &impl Serialize) -> Result<Response> {
        Response::ok(serde_json::to_string(value)?)
    }

    pub fn from_websocket(socket: WebSocket) -> Result<Response> {
        Ok(Response { status: 101, body: String::new(), socket: Some(socket) })
    }

    pub fn with_status(self, status: u16) -> Response {
        Response { status, ..self }
    }

    pub async fn text(&mut self) -> Result<String> {
        Ok(std::mem::take(&mut self.body))
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_str(&self.body)?)
    }

    pub fn status_code(&self) -> u16 {
        self.status
    }

    pub fn websocket(&mut self) -> Option<WebSocket> {
        self.socket.take()
    }
}

pub struct Namespace;

impl Namespace {
    pub fn get_by_name(&self, name: &str) -> Result<Stub> {
        Ok(Stub(name.to_owned()))
    }
}

/// The way to an object.
pub struct Stub(String);

impl Stub {
    /// A call by RPC: lost, late and doubled as any request.
    pub async fn ask(&self, call: &str) -> Result<String> {
        let request = Request { url: String::new(), headers: Headers::new(), body: call.to_owned() };
        self.fetch_with_request(request).await?.text().await
    }

    pub async fn fetch_with_request(&self, request: Request) -> Result<Response> {
        let world = world();
        let is_feed = self.0.starts_with("prj_") && !request.is_upgrade();
        let (lost, reply_lost) =
            if is_feed { (Kind::TellingLost, Kind::TellingReplyLost) } else { (Kind::RequestLost, Kind::ReplyLost) };
        if world.faults.strikes(lost) {
            world.note(|| format!("a request to {} is lost", self.0));
            crate::cloud::delay::pause(world.latency()).await;
            if is_feed && mutant::is(Mutant::TellingTakenForHeard) {
                return Response::ok("1000");
            }
            return Err(Error::from("Network connection lost."));
        }
        if is_feed && world.faults.strikes(Kind::TellingDoubled) {
            let (name, request) = (self.0.clone(), request.clone());
            world.after(world.latency(), move || crate::world::world().object(&name).fetch(request, Reply::unheard()));
        }
        let slot = Slot::default();
        let reply = Reply { slot: Some(slot.clone()), is_lost: world.faults.strikes(reply_lost) };
        let name = self.0.clone();
        world.after(world.latency(), move || crate::world::world().object(&name).fetch(request, reply));
        slot.await
    }
}

/// Where an object's answer goes. An object that dies before it answers leaves its caller without knowledge.
pub struct Reply {
    slot: Option<Slot<Result<Response>>>,
    is_lost: bool,
}

impl Reply {
    /// To nobody.
    pub fn unheard() -> Reply {
        Reply { slot: None, is_lost: false }
    }

    pub fn send(mut self, response: Result<Response>) {
        let is_lost = self.is_lost;
        if is_lost {
            world().note(|| "a reply is lost".to_owned());
        }
        self.fill(if is_lost { Err(Error::from("Network connection lost.")) } else { response });
    }

    fn fill(&mut self, response: Result<Response>) {
        if let Some(slot) = self.slot.take() {
            world().after(world().latency(), move || slot.fill(response));
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.fill(Err(Error::from("The object was reset.")));
    }
}
