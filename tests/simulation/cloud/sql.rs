//! SQLite as an object has it: the Worker's own statements on a real database in memory. What is appended is noted in
//! the history, as the truth against which readers, the feed and the directory are held.

use super::{Error, Result};
use crate::history::Row;
use crate::mutant::{self, Mutant};
use crate::sql::object;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

#[derive(Debug, Clone, PartialEq)]
pub enum SqlStorageValue {
    Null,
    Integer(i64),
    Float(f64),
    String(String),
}

impl From<&str> for SqlStorageValue {
    fn from(text: &str) -> Self {
        SqlStorageValue::String(text.to_owned())
    }
}

impl From<String> for SqlStorageValue {
    fn from(text: String) -> Self {
        SqlStorageValue::String(text)
    }
}

impl SqlStorageValue {
    fn bound(&self) -> Value {
        match self {
            SqlStorageValue::Null => Value::Null,
            SqlStorageValue::Integer(number) => Value::Real(*number as f64),
            SqlStorageValue::Float(number) => Value::Real(*number),
            SqlStorageValue::String(text) => Value::Text(text.clone()),
        }
    }

    fn read(value: ValueRef<'_>) -> SqlStorageValue {
        match value {
            ValueRef::Integer(number) => SqlStorageValue::Integer(number),
            ValueRef::Real(number) => SqlStorageValue::Float(number),
            ValueRef::Text(text) | ValueRef::Blob(text) => SqlStorageValue::String(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Null => SqlStorageValue::Null,
        }
    }

    pub fn json(&self) -> Json {
        match self {
            SqlStorageValue::Null => Json::Null,
            SqlStorageValue::Integer(number) => (*number).into(),
            SqlStorageValue::Float(number) => (*number).into(),
            SqlStorageValue::String(text) => text.as_str().into(),
        }
    }

    pub fn number(&self) -> u64 {
        match self {
            SqlStorageValue::Integer(number) => *number as u64,
            SqlStorageValue::Float(number) => *number as u64,
            SqlStorageValue::Null | SqlStorageValue::String(_) => 0,
        }
    }

    pub fn text(&self) -> String {
        match self {
            SqlStorageValue::String(text) => text.clone(),
            SqlStorageValue::Null | SqlStorageValue::Integer(_) | SqlStorageValue::Float(_) => String::new(),
        }
    }
}

/// The rows of a statement.
#[derive(Debug, Default)]
pub struct SqlCursor {
    columns: Vec<String>,
    rows: Vec<Vec<SqlStorageValue>>,
}

impl SqlCursor {
    pub fn raw(self) -> impl Iterator<Item = Result<Vec<SqlStorageValue>>> {
        self.rows.into_iter().map(Ok)
    }

    pub fn to_array<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        self.json().into_iter().map(|row| Ok(serde_json::from_value(row)?)).collect()
    }

    /// Each row as an object.
    pub fn json(&self) -> Vec<Json> {
        let object = |row: &Vec<SqlStorageValue>| {
            let fields = self.columns.iter().cloned().zip(row.iter().map(SqlStorageValue::json));
            Json::Object(fields.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }
}

/// Runs one statement, or a script that binds nothing.
pub fn run(db: &Connection, query: &str, bounds: &[SqlStorageValue]) -> Result<SqlCursor> {
    if bounds.is_empty() && query.trim_end().ends_with(';') {
        db.execute_batch(query)?;
        return Ok(SqlCursor::default());
    }
    let query = mutant::sql(query);
    let mut statement = db.prepare_cached(&query)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let values = bounds.iter().take(statement.parameter_count()).map(SqlStorageValue::bound);
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows = vec![];
    while let Some(row) = found.next()? {
        rows.push((0..columns.len()).map(|column| Ok(SqlStorageValue::read(row.get_ref(column)?))).collect::<Result<_>>()?);
    }
    Ok(SqlCursor { columns, rows })
}

/// An object's own SQLite.
#[derive(Clone)]
pub struct SqlStorage(pub Rc<super::storage::Disk>);

impl SqlStorage {
    pub fn exec(&self, query: &str, bounds: Vec<SqlStorageValue>) -> Result<SqlCursor> {
        let disk = &self.0;
        if Row::is_write(query) && disk.is_full() {
            return Err(Error::from("SQLITE_FULL: the disk is full"));
        }
        if mutant::is(Mutant::WakesWithoutCatchingUp) && query == object::read_all && bounds[2].number() > 1 << 50 {
            return Ok(SqlCursor::default());
        }
        let cursor = run(&disk.db.borrow(), query, &bounds)?;
        if let Some(row) = Row::of(query, &bounds) {
            disk.note(row);
        }
        Ok(cursor)
    }
}
