//! Owns the clock, the randomness, the settings, and the few calls that `worker` has no typed form for.

use crate::address::Address;
use crate::edge::errand::awaited;
use crate::id::{JobId, KeyId, ProjectId, RequestId};
use crate::limits;
use crate::time::Timestamp;
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::durable::ScheduledTime;
use worker::{Env, Error, Request, Response, Result, SqlCursor, State, Storage, WebSocket};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);

    /// The storage of a SQLite object, with the call that `worker` does not have yet.
    type SyncStorage;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        work: &mut dyn FnMut() -> std::result::Result<(), JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;

    type AnySocket;
    #[wasm_bindgen(method, catch, js_name = send)]
    fn send_any(this: &AnySocket, message: &JsValue) -> std::result::Result<(), JsValue>;

    /// The identity stream: unlike `TransformStream` it tells the writer when the reader has left.
    pub type IdentityTransformStream;
    #[wasm_bindgen(constructor)]
    pub fn new() -> IdentityTransformStream;
    #[wasm_bindgen(method, getter)]
    pub fn readable(this: &IdentityTransformStream) -> web_sys::ReadableStream;
    #[wasm_bindgen(method, getter)]
    pub fn writable(this: &IdentityTransformStream) -> web_sys::WritableStream;
}

// Objects are as callable.js shows them.
#[wasm_bindgen(inline_js = "
export const ask = (env, binding, name, call) => env[binding].getByName(name).answer(call);
")]
extern "C" {
    #[wasm_bindgen(catch, js_name = ask)]
    fn ask_by_rpc(env: &Env, binding: &str, name: &str, call: &str) -> std::result::Result<js_sys::Promise, JsValue>;
}

/// Asks the object of a name, by RPC: text to text. In one crossing: binding, stub and call would be five.
pub async fn ask(env: &Env, binding: &str, name: &str, call: &str) -> Result<String> {
    let answer = awaited(ask_by_rpc(env, binding, name, call)?).await?;
    answer.as_string().ok_or_else(|| Error::from("an object answers with text"))
}

#[wasm_bindgen(inline_js = "
export const join = (env, binding, name, address) =>
  env[binding].getByName(name).fetch(address, { headers: { upgrade: 'websocket' } });
export const asset = (env, binding, address) => env[binding].fetch(address);
")]
extern "C" {
    #[wasm_bindgen(catch, js_name = join)]
    fn join_by_fetch(
        env: &Env,
        binding: &str,
        name: &str,
        address: &str,
    ) -> std::result::Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(catch, js_name = asset)]
    fn fetch_asset(env: &Env, binding: &str, address: &str) -> std::result::Result<js_sys::Promise, JsValue>;
}

/// The parameter in which a subscription travels.
pub const SUBSCRIPTION: &str = "subscription";

/// Asks to join a stream of the object of a name.
pub async fn join(env: &Env, binding: &str, name: &str, subscription: &str) -> Result<Response> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(SUBSCRIPTION, subscription).finish();
    let promise = join_by_fetch(env, binding, name, &format!("https://object/?{query}"))?;
    Ok(JsFuture::from(promise).await?.dyn_into::<web_sys::Response>()?.into())
}

/// What lies among the static assets.
pub async fn asset(env: &Env, binding: &str, address: &str) -> Result<web_sys::Response> {
    Ok(JsFuture::from(fetch_asset(env, binding, address)?).await?.dyn_into()?)
}

#[wasm_bindgen(inline_js = "
export const limit = (env, binding, key) => env[binding]?.limit({ key }).then(({ success }) => success);
")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn limit(env: &Env, binding: &str, key: &str) -> std::result::Result<Option<js_sys::Promise>, JsValue>;
}

/// Counts one more of a key, and tells whether that is within the limit of rate. Where none is bound, everything is.
pub async fn is_within(env: &Env, binding: &str, key: &str) -> Result<bool> {
    match limit(env, binding, key)? {
        Some(promise) => Ok(awaited(promise).await?.is_truthy()),
        None => Ok(true),
    }
}

#[wasm_bindgen(inline_js = "export function utf8(text) { return new TextEncoder().encode(text); }")]
extern "C" {
    fn utf8(text: &js_sys::JsString) -> Vec<u8>;
}

/// Above so many characters text is encoded by the platform. The glue of wasm-bindgen goes through a text letter by letter,
/// which is the cheaper for a short one.
const LONG: u32 = 2_000;

/// A text that came from outside.
pub fn text(text: js_sys::JsString) -> Result<String> {
    if text.length() < LONG {
        return Ok(text.into());
    }
    utf8_text(utf8(&text))
}

fn utf8_text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| Error::from(error.to_string()))
}

/// The text of a row, the only one, in its column `joined`. It crosses as bytes, so that it is copied and not made anew.
pub fn joined(mut rows: SqlCursor) -> Result<Option<String>> {
    let mut found = None;
    // A cursor is read to its end.
    while let Some(row) = Iterator::next(&mut rows) {
        found = Reflect::get(&row?, &JsValue::from_str("joined"))?.dyn_into::<ArrayBuffer>().ok();
    }
    found.map(|bytes| utf8_text(Uint8Array::new(&bytes).to_vec())).transpose()
}

/// Text that is sent to many sockets, without copying it out of wasm for each.
pub struct SharedText(js_sys::JsString);

impl From<String> for SharedText {
    fn from(text: String) -> SharedText {
        SharedText(text.into())
    }
}

impl SharedText {
    pub fn send(&self, socket: &WebSocket) -> Result<()> {
        send(socket, &self.0)
    }
}

fn send(socket: &WebSocket, message: &JsValue) -> Result<()> {
    let raw: &web_sys::WebSocket = socket.as_ref();
    Ok(raw.unchecked_ref::<AnySocket>().send_any(message)?)
}

/// Likewise, as the bytes that reach the reader: nothing on the way reads them as text and writes them anew.
#[derive(Clone)]
pub struct SharedBytes(Uint8Array);

impl From<String> for SharedBytes {
    fn from(text: String) -> SharedBytes {
        SharedBytes(text.as_bytes().into())
    }
}

impl SharedBytes {
    pub fn len(&self) -> usize {
        self.0.length() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn text(&self) -> Result<String> {
        utf8_text(self.0.to_vec())
    }

    /// In pieces that fit into a message, wherever they are cut: the bridge puts them together again.
    pub fn send(&self, socket: &WebSocket) -> Result<()> {
        let most = limits::SOCKET_MESSAGE as u32;
        let mut pieces = (0..self.0.length()).step_by(most as usize);
        pieces.try_for_each(|from| send(socket, &self.0.subarray(from, from.saturating_add(most))))
    }
}

/// Whether an object was built over the same state before. The platform gives a new state to an object that slept; the
/// same one means that a panic took the memory of the isolate, and the object is built again under its open sockets.
pub fn is_built_again(state: &State) -> bool {
    let (raw, mark) = (state.as_raw().as_ref(), JsValue::from_str("jobcastIsBuilt"));
    let was_built = Reflect::get(raw, &mark).is_ok_and(|built| built.is_truthy());
    // A state that takes no mark is one of an object that is taken for new.
    let _ = Reflect::set(raw, &mark, &JsValue::TRUE);
    was_built
}

pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as u64)
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    get_random_values(&mut bytes);
    bytes
}

/// An absolute time: a bare `i64` would be taken for an offset from now.
pub fn alarm_time(time: Timestamp) -> ScheduledTime {
    ScheduledTime::new(js_sys::Date::new(&JsValue::from_f64(time.0 as f64)))
}

fn entropy() -> u128 {
    u128::from_le_bytes(random())
}

/// Uniform in 0..1; for jitter only.
pub fn jitter() -> f64 {
    js_sys::Math::random()
}

/// New job ids that sort in the order in which they are made, so that a list's jobs are as old as their places say.
/// They go on by strides that nobody guesses: who is shown one job of many is not shown the ids of the others.
pub fn job_ids() -> impl FnMut() -> JobId {
    // Of the 80 bits that count, the uppermost stays free for a hundred strides of 64 bits.
    let (now, mut last) = (now(), entropy() >> 49);
    move || {
        last += 1 + (entropy() >> 64);
        JobId::new(now, last)
    }
}

pub fn project_id() -> ProjectId {
    ProjectId::new(now(), entropy())
}

pub fn key_id() -> KeyId {
    KeyId::new(now(), entropy())
}

pub fn request_id() -> RequestId {
    RequestId::new(now(), entropy())
}

/// An address that is not plain is written anew by the platform's `URL`, which a crossing or two cost.
pub fn address(text: String) -> Result<Address> {
    Address::plain(text).or_else(|text| {
        Address::written(web_sys::Url::new(&text)?.href())
            .map_err(|text| Error::from(format!("not of the web: {text}")))
    })
}

pub fn address_of(request: &Request) -> Result<Address> {
    address(request.inner().url())
}

thread_local! {
    /// What was looked up: an isolate's settings are those of its release.
    static SETTINGS: RefCell<HashMap<&'static str, Option<String>>> = RefCell::default();
}

/// A secret or a variable; `None` where it is not set or empty.
pub fn setting(env: &Env, name: &'static str) -> Option<String> {
    SETTINGS.with_borrow_mut(|known| known.entry(name).or_insert_with(|| look_up(env, name)).clone())
}

fn look_up(env: &Env, name: &str) -> Option<String> {
    let secret = env.secret(name).map(|secret| secret.to_string());
    let value = secret.or_else(|_| env.var(name).map(|var| var.to_string())).ok();
    value.filter(|value| !value.is_empty())
}

/// Runs `work` so that all of its writes are kept, or none.
pub fn transaction(storage: &Storage, mut work: impl FnMut() -> Result<()>) -> Result<()> {
    let raw: &SyncStorage = storage.as_raw().unchecked_ref();
    let mut run = || work().map_err(JsValue::from);
    raw.transaction_sync(&mut run).map(|_| ()).map_err(Error::from)
}
