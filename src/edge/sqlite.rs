//! Owns the calls to an object's SQLite: running statements, several of them all or not at all, and reading rows.

use crate::edge::platform::transaction;
use crate::id::EventId;
use std::ops::ControlFlow;
use worker::{Error, Result, SqlCursor, SqlStorage, SqlStorageValue as Bound, State, Storage};

/// Rows that are read at first, because they may be large; and how much more each time that they were not enough.
const FIRST_PIECE: u64 = 8;
const PIECES_GROW: u64 = 4;
const LARGEST_PIECE: u64 = 1_024;

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

    /// The last row; of statements that give one at the most.
    pub fn first(&self, query: &str, bounds: Vec<Bound>) -> Result<Option<Vec<Bound>>> {
        self.exec(query, bounds)?.raw().last().transpose()
    }

    /// Hands over rows in the order of their first column, an id, from `after` on: `most` of them, or until `take` says
    /// stop. Tells whether there were no more. `bounds` makes the values for the rows after one, so many at once.
    ///
    /// Each piece is read to its end. A cursor that is left in the middle stays open until garbage is collected, and
    /// so long nothing of SQLite's write-ahead log can be carried over (docs/LOAD.md).
    pub fn walk(
        &self,
        query: &str,
        mut after: EventId,
        most: u64,
        bounds: impl Fn(EventId, Bound) -> Vec<Bound>,
        mut take: impl FnMut(&[Bound]) -> Result<ControlFlow<()>>,
    ) -> Result<bool> {
        let (mut piece, mut read) = (FIRST_PIECE, 0);
        while read < most {
            let wanted = piece.min(most - read);
            let (mut found, mut course) = (0, ControlFlow::Continue(()));
            for row in self.exec(query, bounds(after, Bound::Float(wanted as f64)))?.raw() {
                let row = row?;
                found += 1;
                if course.is_continue() {
                    after = EventId(number(&row, 0)?);
                    course = take(&row)?;
                }
            }
            if course.is_break() || found < wanted {
                return Ok(course.is_continue());
            }
            (read, piece) = (read + found, (piece * PIECES_GROW).min(LARGEST_PIECE));
        }
        Ok(false)
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
