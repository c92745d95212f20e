//! What an object keeps when its memory is lost: a database and an alarm.

use super::sql::SqlStorage;
use super::{Error, Result};
use crate::fault::Kind;
use crate::history::Row;
use crate::mutant::{self, Mutant};
use crate::time::Timestamp;
use crate::world::world;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub struct Disk {
    pub object: String,
    pub db: RefCell<Connection>,
    pub alarm: Cell<Option<u64>>,
    /// What a transaction under way has written.
    open: RefCell<Option<Vec<Row>>>,
}

impl Disk {
    pub fn empty(object: &str) -> Rc<Disk> {
        let db = RefCell::new(memory());
        Rc::new(Disk { object: object.to_owned(), db, alarm: Cell::new(None), open: RefCell::new(None) })
    }

    pub fn is_full(&self) -> bool {
        world().faults.strikes(Kind::DiskFull)
    }

    /// A row counts once its transaction is committed.
    pub fn note(&self, row: Row) {
        match &mut *self.open.borrow_mut() {
            Some(rows) => rows.push(row),
            None => world().history.borrow_mut().stored(&self.object, vec![row]),
        }
    }
}

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database in memory")
}

#[derive(Clone)]
pub struct Storage(pub Rc<Disk>);

impl Storage {
    pub fn sql(&self) -> SqlStorage {
        SqlStorage(Rc::clone(&self.0))
    }

    pub async fn get_alarm(&self) -> Result<Option<i64>> {
        Ok(self.0.alarm.get().map(|time| time as i64))
    }

    pub async fn set_alarm(&self, time: Timestamp) -> Result<()> {
        self.0.alarm.set(Some(time.0));
        world().wake_at(&self.0.object, time.0);
        Ok(())
    }

    pub async fn delete_alarm(&self) -> Result<()> {
        self.0.alarm.set(None);
        Ok(())
    }

    pub async fn delete_all(&self) -> Result<()> {
        *self.0.db.borrow_mut() = memory();
        world().history.borrow_mut().wiped(&self.0.object);
        Ok(())
    }

    /// All of it, or nothing.
    pub fn transaction(&self, mut work: impl FnMut() -> Result<()>) -> Result<()> {
        let execute = |text: &str| self.0.db.borrow().execute_batch(text).map_err(Error::from);
        execute("BEGIN")?;
        *self.0.open.borrow_mut() = Some(vec![]);
        let outcome = work();
        let rows = self.0.open.take().unwrap_or_default();
        match outcome {
            Ok(()) => {
                execute("COMMIT")?;
                world().history.borrow_mut().stored(&self.0.object, rows);
                Ok(())
            }
            Err(error) if mutant::is(Mutant::HalfATransaction) => {
                execute("COMMIT")?;
                world().history.borrow_mut().stored(&self.0.object, rows);
                Err(error)
            }
            Err(error) => {
                execute("ROLLBACK")?;
                Err(error)
            }
        }
    }
}
