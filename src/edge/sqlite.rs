//! Owns the calls to an object's SQLite: running statements, several of them all or not at all, and reading rows.

use crate::edge::platform::transaction;
use crate::id::EventId;
use worker::{Error, Result, SqlCursor, SqlStorage, SqlStorageValue as Bound, State, Storage};

pub struct Sqlite {
    storage: Storage,
    sql: SqlStorage,
}

/// A statement and its bound values.
pub struct Statement(pub &'static str, pub Vec<Bound>);

impl Sqlite {
    pub fn new(state: &State) -> Sqlite {
        let storage = state.storage();
        let sql = storage.sql();
        Sqlite { storage, sql }
    }

    pub fn exec(&self, query: &str, bounds: Vec<Bound>) -> Result<SqlCursor> {
        self.sql.exec(query, bounds)
    }

    pub fn first(&self, query: &str, bounds: Vec<Bound>) -> Result<Option<Vec<Bound>>> {
        self.exec(query, bounds)?.raw().next().transpose()
    }

    /// One statement is atomic by itself; several need a transaction.
    pub fn run(&self, mut statements: Vec<Statement>) -> Result<()> {
        let exec = |Statement(query, bounds): Statement| self.exec(query, bounds).map(|_| ());
        if statements.len() <= 1 {
            return statements.pop().map_or(Ok(()), exec);
        }
        transaction(&self.storage, || std::mem::take(&mut statements).into_iter().try_for_each(exec))
    }
}

/// Numbers cross as doubles: ids are below 2^53.
pub fn id(id: EventId) -> Bound {
    Bound::Float(id.0 as f64)
}

pub fn text(row: &[Bound], column: usize) -> Result<String> {
    match row.get(column) {
        Some(Bound::String(text)) => Ok(text.clone()),
        _ => Err(Error::from("a stored row is not what its schema says: text expected")),
    }
}

pub fn number(row: &[Bound], column: usize) -> Result<u64> {
    match row.get(column) {
        Some(Bound::Integer(number)) => Ok(*number as u64),
        Some(Bound::Float(number)) => Ok(*number as u64),
        _ => Err(Error::from("a stored row is not what its schema says: number expected")),
    }
}
