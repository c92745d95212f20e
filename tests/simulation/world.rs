//! The one thread on which everything happens: a clock that jumps from one happening to the next, the tasks that wait,
//! the objects, the directory. The same seed makes the same world.

use crate::cloud::Env;
use crate::cloud::object::{Object, Sockets};
use crate::draws::Draws;
use crate::fault::{Fault, Faults, Kind};
use crate::history::{History, Invariant, Violation, broken};
use crate::time::Timestamp;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

thread_local! {
    static WORLD: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
    static READY: RefCell<VecDeque<u64>> = const { RefCell::new(VecDeque::new()) };
}

/// The world of this thread.
pub fn world() -> Rc<World> {
    WORLD.with_borrow(|world| world.clone()).expect("a world")
}

/// When every world begins: 2026-03-01T09:00:00.000Z.
pub const START: u64 = 1_772_355_600_000;

/// What happens in the busiest run, several times over.
const BUSIEST: usize = 40_000;

/// Whose work a task is: it ends with its owner's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    Object(String, u64),
    Client,
}

struct Task {
    owner: Owner,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

type Happening = Box<dyn FnOnce()>;

pub struct World {
    pub draws: Draws,
    pub faults: Faults,
    pub env: Env,
    pub directory: Connection,
    pub history: RefCell<History>,
    clock: Cell<u64>,
    agenda: RefCell<BTreeMap<(u64, u64, u64), Happening>>,
    tasks: RefCell<BTreeMap<u64, Task>>,
    running: RefCell<Option<Owner>>,
    objects: RefCell<BTreeMap<String, Rc<Object>>>,
    count: Cell<u64>,
    trace: RefCell<Option<Vec<String>>>,
}

struct Ring(u64);

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        READY.with_borrow_mut(|ready| ready.push_back(self.0));
    }
}

/// Whether what happens is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    On,
    Off,
}

impl World {
    /// Makes the world of this thread; `directory` is taken over, empty but for its projects.
    pub fn begin(seed: u64, faults: &[Fault], env: Env, directory: Connection, trace: Trace) -> Rc<World> {
        READY.with_borrow_mut(VecDeque::clear);
        let world = Rc::new(World {
            draws: Draws::new(seed, 1),
            faults: Faults::new(faults.to_vec(), seed),
            env,
            directory,
            history: RefCell::default(),
            clock: Cell::new(START),
            agenda: RefCell::default(),
            tasks: RefCell::default(),
            running: RefCell::default(),
            objects: RefCell::default(),
            count: Cell::default(),
            trace: RefCell::new((trace == Trace::On).then(Vec::new)),
        });
        WORLD.set(Some(Rc::clone(&world)));
        faults.iter().for_each(|fault| world.schedule(*fault));
        world
    }

    /// Ends what still waits; gives the directory back, and what was written down.
    pub fn end(self: Rc<World>) -> Vec<String> {
        let objects = self.objects.take();
        objects.values().for_each(|object| object.forget(Sockets::FallSilent));
        let tasks = self.tasks.take();
        drop(tasks);
        let agenda = self.agenda.take();
        drop(agenda);
        let trace = self.trace.take().unwrap_or_default();
        WORLD.set(None);
        trace
    }

    pub fn clock(&self) -> u64 {
        self.clock.get()
    }

    /// ms since the beginning.
    pub fn age(&self) -> u64 {
        self.clock.get() - START
    }

    /// The time as the machine of whoever runs now has it.
    pub fn now_here(&self) -> Timestamp {
        let behind = match &*self.running.borrow() {
            Some(Owner::Object(name, _)) => self.objects.borrow().get(name).map_or(0, |object| object.behind.get()),
            Some(Owner::Client) | None => 0,
        };
        Timestamp(self.clock.get() - behind)
    }

    /// How long a message takes, ms.
    pub fn latency(&self) -> u64 {
        if self.faults.strikes(Kind::SlowNetwork) { self.draws.between(50, 3_000) } else { self.draws.between(1, 20) }
    }

    /// Does something so many ms from now; what happens in the same ms has no order.
    pub fn after(&self, delay: u64, work: impl FnOnce() + 'static) {
        self.put((self.clock.get() + delay, self.draws.next()), work);
    }

    /// Does something at this time, in the order in which it was asked for.
    pub fn in_order(&self, at: u64, work: impl FnOnce() + 'static) {
        self.put((at.max(self.clock.get()), 0), work);
    }

    /// At a time, and among what happens then at a place.
    pub fn put(&self, (at, order): (u64, u64), work: impl FnOnce() + 'static) {
        self.agenda.borrow_mut().insert((at, order, self.next()), Box::new(work));
    }

    pub fn wake_at(&self, object: &str, at: u64) {
        let name = object.to_owned();
        self.in_order(at, move || world().object(&name).ring());
    }

    fn next(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    pub fn object(&self, name: &str) -> Rc<Object> {
        let mut objects = self.objects.borrow_mut();
        Rc::clone(objects.entry(name.to_owned()).or_insert_with(|| Object::new(name)))
    }

    pub fn spawn(&self, owner: Owner, work: impl Future<Output = ()> + 'static) {
        let id = self.next();
        self.tasks.borrow_mut().insert(id, Task { owner, future: Box::pin(work) });
        READY.with_borrow_mut(|ready| ready.push_back(id));
    }

    pub fn works_for(&self, owner: &Owner) -> bool {
        self.tasks.borrow().values().any(|task| task.owner == *owner)
    }

    pub fn end_tasks_of(&self, owner: &Owner) {
        let gone: Vec<Task> = {
            let mut tasks = self.tasks.borrow_mut();
            let ids: Vec<u64> = tasks.iter().filter(|(_, task)| task.owner == *owner).map(|(id, _)| *id).collect();
            ids.into_iter().filter_map(|id| tasks.remove(&id)).collect()
        };
        drop(gone);
    }

    /// Goes on until this age, or until an invariant is broken.
    pub fn run_until(&self, age: u64) -> Result<(), Violation> {
        for _ in 0..BUSIEST {
            while let Some(id) = READY.with_borrow_mut(VecDeque::pop_front) {
                self.poll(id);
            }
            self.history.borrow_mut().verdict()?;
            let next = self.agenda.borrow_mut().first_entry().filter(|entry| entry.key().0 <= START + age).map(|entry| entry.remove_entry());
            let Some(((at, _, _), work)) = next else {
                self.clock.set(self.clock.get().max(START + age));
                return Ok(());
            };
            self.clock.set(at);
            work();
        }
        Err(broken(Invariant::Settles, format!("it never comes to rest: still busy at {} ms", self.age())))
    }

    fn poll(&self, id: u64) {
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return };
        let owner = task.owner.clone();
        *self.running.borrow_mut() = Some(owner);
        let waker = Waker::from(Arc::new(Ring(id)));
        let state = task.future.as_mut().poll(&mut Context::from_waker(&waker));
        *self.running.borrow_mut() = None;
        match state {
            Poll::Pending => drop(self.tasks.borrow_mut().insert(id, task)),
            Poll::Ready(()) => drop(task),
        }
    }

    /// Writes down what happens, if somebody is to read it.
    pub fn note(&self, text: impl FnOnce() -> String) {
        if let Ok(mut trace) = self.trace.try_borrow_mut()
            && let Some(lines) = &mut *trace
        {
            let age = self.age();
            lines.push(format!("{:>6}.{:03}  {}", age / 1_000, age % 1_000, text()));
        }
    }

    fn schedule(self: &Rc<World>, fault: Fault) {
        let at = |age: u64, work: Box<dyn Fn(&World)>| self.in_order(START + age, move || work(&world()));
        match fault.kind {
            Kind::Sleep | Kind::Crash | Kind::Panic => at(fault.from, Box::new(move |world| world.interrupt(fault))),
            Kind::PowerCut => at(fault.from, Box::new(|world| world.power_cut())),
            Kind::ClockBack => {
                let back = 1 + fault.target % 4_000;
                at(fault.from, Box::new(move |world| world.set_back(fault.target, back)));
                at(fault.until, Box::new(World::set_right));
            }
            Kind::RequestLost | Kind::ReplyLost | Kind::RequestDoubled | Kind::TellingLost | Kind::TellingReplyLost
            | Kind::TellingDoubled | Kind::DirectoryRefuses | Kind::DirectoryReplyLost | Kind::SlowNetwork | Kind::AlarmLate
            | Kind::AlarmTwice | Kind::DiskFull | Kind::ReadersStall | Kind::ReadersCut => {}
        }
    }

    /// One of the objects, by a number.
    fn any_object(&self, target: u64) -> Option<Rc<Object>> {
        let objects = self.objects.borrow();
        objects.values().nth(target as usize % objects.len().max(1)).cloned()
    }

    fn interrupt(&self, fault: Fault) {
        let Some(object) = self.any_object(fault.target) else { return };
        let sockets = match fault.kind {
            Kind::Sleep if !object.is_idle() => return,
            Kind::Sleep => Sockets::Stay,
            Kind::Panic => Sockets::FallSilent,
            _ => Sockets::Break,
        };
        self.note(|| format!("{:?} of {}", fault.kind, object.name));
        object.forget(sockets);
    }

    fn power_cut(&self) {
        self.note(|| "the power is cut".to_owned());
        let objects: Vec<_> = self.objects.borrow().values().cloned().collect();
        objects.iter().for_each(|object| object.forget(Sockets::Break));
    }

    fn set_right(&self) {
        let objects: Vec<_> = self.objects.borrow().values().cloned().collect();
        for object in objects {
            object.behind.set(0);
            object.ring();
        }
    }

    fn set_back(&self, target: u64, by: u64) {
        let Some(object) = self.any_object(target) else { return };
        self.note(|| format!("the clock of {} is {by} ms behind", object.name));
        object.behind.set(by);
    }
}
