//! Owns how work that JavaScript asks for is carried out: at once, as far as it comes without waiting, and by JavaScript from one promise
//! of the platform to the next. A task of wasm-bindgen's executor takes a call into the platform to begin and another for each time that it is
//! woken, and two closures for each promise: a tenth of what a report costs (docs/SPEED.md).
//! Refuses to schedule: work that waits for anything else (a timer, D1, two things at once) is handed over to the executor, and stays
//! there.
//! Invariant: work that is not done is held by the callbacks of the one promise that it waits for, or by the executor. When the platform
//! drops the promise, because its request is no more, the work goes with it.

use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// What JavaScript gets, or is thrown.
pub type Outcome = Result<JsValue, JsValue>;
type Work = Pin<Box<dyn Future<Output = Outcome>>>;

#[wasm_bindgen(inline_js = "
export const follow = (errand, promise) => promise.then((value) => errand.goOn(value), (error) => errand.giveUp(error));

export class Settling {
  constructor() {
    this.promise = new Promise((settle) => { this.settle = settle; });
  }
}
")]
extern "C" {
    fn follow(errand: Errand, promise: &Promise) -> Promise;

    type Settling;
    #[wasm_bindgen(constructor)]
    fn new() -> Settling;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Settling) -> Promise;
    #[wasm_bindgen(method)]
    fn settle(this: &Settling);
}

/// Work that waits for one promise. It is used up when the promise is settled.
#[wasm_bindgen]
pub struct Errand(Work);

#[wasm_bindgen]
impl Errand {
    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on(self, value: JsValue) -> Outcome {
        carried_on(self.0, Some(Ok(value)))
    }

    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(self, error: JsValue) -> Outcome {
        carried_on(self.0, Some(Err(error)))
    }
}

/// What came of the work, or a promise of it.
pub fn begun(work: impl Future<Output = Outcome> + 'static) -> Outcome {
    carried_on(Box::pin(work), None)
}

/// Waits for a promise: as an errand where the work is one, else as the executor does.
pub fn awaited(promise: Promise) -> Awaited {
    Awaited { promise, way: Way::Unknown }
}

thread_local! {
    /// Empty but while an errand is carried on, which nothing else interrupts.
    static LANE: RefCell<Lane> = RefCell::default();
}

/// Between the errand that is carried on now, and what it waits for.
#[derive(Default)]
struct Lane {
    waker: Option<Waker>,
    asked: Option<Promise>,
    brought: Option<Outcome>,
}

impl Lane {
    /// Not so for the parts of work that has wakers for each of them.
    fn carries(&self, waker: &Waker) -> bool {
        self.waker.as_ref().is_some_and(|own| own.will_wake(waker))
    }
}

/// Whoever keeps the waker waits for something else than a promise in the lane.
struct Witness;

impl Wake for Witness {
    fn wake(self: Arc<Self>) {}
}

/// Here and in the waker of the one context.
const NOBODY_ELSE: usize = 2;

fn carried_on(mut work: Work, brought: Option<Outcome>) -> Outcome {
    let witness = Arc::new(Witness);
    let waker = Waker::from(Arc::clone(&witness));
    LANE.replace(Lane { waker: Some(waker.clone()), asked: None, brought });
    let poll = work.as_mut().poll(&mut Context::from_waker(&waker));
    let asked = LANE.take().asked;
    match (poll, asked) {
        (Poll::Ready(outcome), _) => outcome,
        (Poll::Pending, Some(promise)) if Arc::strong_count(&witness) == NOBODY_ELSE => {
            Ok(follow(Errand(work), &promise).into())
        }
        (Poll::Pending, _) => Ok(future_to_promise(work).into()),
    }
}

pub struct Awaited {
    promise: Promise,
    way: Way,
}

enum Way {
    Unknown,
    Lane,
    Executor(JsFuture),
}

impl Future for Awaited {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        if let Way::Executor(future) = &mut self.way {
            return Pin::new(future).poll(context);
        }
        if let Some(poll) = LANE.with_borrow_mut(|lane| self.poll_in(lane, context)) {
            return poll;
        }
        let mut future = JsFuture::from(self.promise.clone());
        let poll = Pin::new(&mut future).poll(context);
        self.way = Way::Executor(future);
        poll
    }
}

impl Awaited {
    /// `None` where the lane is not for this one, or not any more.
    fn poll_in(&mut self, lane: &mut Lane, context: &Context<'_>) -> Option<Poll<Outcome>> {
        let is_taken = !lane.carries(context.waker()) || lane.asked.is_some();
        match self.way {
            Way::Lane => lane.brought.take().filter(|_| !is_taken).map(Poll::Ready),
            Way::Unknown if !is_taken => {
                lane.asked = Some(self.promise.clone());
                self.way = Way::Lane;
                Some(Poll::Pending)
            }
            Way::Unknown | Way::Executor(_) => None,
        }
    }
}

/// From one errand to another of the same object: what is told once, and who waits for it.
pub fn channel<T>() -> (Teller<T>, impl Future<Output = Result<T, Gone>>) {
    let (place, settling) = (Rc::new(Cell::new(None)), Settling::new());
    let (told, settled) = (Rc::clone(&place), awaited(settling.promise()));
    (Teller { place, settling }, async move {
        // It is never refused.
        let _ = settled.await;
        told.take().ok_or(Gone)
    })
}

/// Who would have told is no more.
pub struct Gone;

pub struct Teller<T> {
    place: Rc<Cell<Option<T>>>,
    settling: Settling,
}

impl<T> Teller<T> {
    pub fn send(self, told: T) {
        self.place.set(Some(told));
    }
}

impl<T> Drop for Teller<T> {
    fn drop(&mut self) {
        self.settling.settle();
    }
}
