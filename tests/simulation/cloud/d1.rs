//! D1: the directory's own migrations on a real database. It refuses before it did anything, or after it did all.

use super::slot::Slot;
use super::sql::{SqlStorageValue, run};
use super::{Error, JsValue, Result};
use crate::fault::Kind;
use crate::world::world;
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub struct D1Database;

#[derive(Clone)]
pub struct D1PreparedStatement {
    query: String,
    bounds: Vec<SqlStorageValue>,
}

/// The rows of one statement.
pub struct D1Result(Vec<Value>);

impl D1Result {
    pub fn results<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        self.0.iter().map(|row| Ok(serde_json::from_value(row.clone())?)).collect()
    }
}

impl D1Database {
    pub fn prepare(&self, query: impl Into<String>) -> D1PreparedStatement {
        D1PreparedStatement { query: query.into(), bounds: vec![] }
    }

    pub async fn batch(&self, statements: Vec<D1PreparedStatement>) -> Result<Vec<D1Result>> {
        let (world, slot) = (world(), Slot::default());
        let answers = slot.clone();
        world.after(world.latency(), move || {
            let world = crate::world::world();
            let answer = carry_out(&statements);
            world.after(world.latency(), move || answers.fill(answer));
        });
        slot.await
    }
}

fn carry_out(statements: &[D1PreparedStatement]) -> Result<Vec<D1Result>> {
    let world = world();
    if world.faults.strikes(Kind::DirectoryRefuses) {
        return Err(Error::from("D1_ERROR: refused before"));
    }
    let db = &world.directory;
    db.execute_batch("BEGIN")?;
    let done: Result<Vec<D1Result>> = statements.iter().map(|statement| statement.run_on(db)).collect();
    db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    if done.is_ok() {
        for statement in statements {
            world.history.borrow_mut().directory_wrote(db, &statement.query, &statement.bounds);
        }
    }
    if world.faults.strikes(Kind::DirectoryReplyLost) {
        return Err(Error::from("D1_ERROR: refused after"));
    }
    done
}

impl D1PreparedStatement {
    pub fn bind(mut self, values: &[JsValue]) -> Result<D1PreparedStatement> {
        let bound = |value: &JsValue| match value {
            JsValue::Null => SqlStorageValue::Null,
            JsValue::Number(number) => SqlStorageValue::Float(*number),
            JsValue::Text(text) => SqlStorageValue::String(text.clone()),
        };
        self.bounds = values.iter().map(bound).collect();
        Ok(self)
    }

    pub async fn all(&self) -> Result<D1Result> {
        let done = D1Database.batch(vec![self.clone()]).await?.pop();
        done.ok_or_else(|| Error::from("no answer"))
    }

    pub async fn run(&self) -> Result<D1Result> {
        self.all().await
    }

    fn run_on(&self, db: &Connection) -> Result<D1Result> {
        run(db, &self.query, &self.bounds).map(|cursor| D1Result(cursor.json()))
    }
}

/// The directory as the migrations make it, with one project.
pub fn migrated() -> Connection {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("migrations").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let db = Connection::open_in_memory().expect("a database in memory");
    db.execute_batch("PRAGMA foreign_keys = ON").expect("foreign keys");
    for file in files {
        db.execute_batch(&std::fs::read_to_string(file).expect("SQL")).expect("a good migration");
    }
    db
}
