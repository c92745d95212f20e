//! D1: the directory's own migrations on a real database. It refuses before it did anything, or after it did all.

use super::slot::Slot;
use super::sql::{SqlStorageValue, run};
use super::{Env, Error, JsValue, Result};
use crate::fault::Kind;
use crate::world::world;
use rusqlite::Connection;
use serde_json::Value;

#[derive(Clone)]
pub struct Statement {
    query: String,
    bounds: Vec<SqlStorageValue>,
}

pub struct Row(Value);

impl Row {
    pub fn text(&self, name: &str) -> Result<String> {
        self.optional_text(name)?.ok_or_else(|| Error::from("text expected"))
    }

    pub fn number(&self, name: &str) -> Result<u64> {
        self.optional_number(name)?.ok_or_else(|| Error::from("number expected"))
    }

    pub fn optional_text(&self, name: &str) -> Result<Option<String>> {
        Ok(serde_json::from_value(self.0[name].clone())?)
    }

    pub fn optional_number(&self, name: &str) -> Result<Option<u64>> {
        Ok(serde_json::from_value(self.0[name].clone())?)
    }
}

pub fn prepared(_: &Env, _: &str, query: &str, values: &[JsValue]) -> Result<Statement> {
    let bound = |value: &JsValue| match value {
        JsValue::Null => SqlStorageValue::Null,
        JsValue::Number(number) => SqlStorageValue::Float(*number),
        JsValue::Text(text) => SqlStorageValue::String(text.clone()),
    };
    Ok(Statement { query: query.to_owned(), bounds: values.iter().map(bound).collect() })
}

pub async fn all(statement: &Statement) -> Result<Vec<Row>> {
    carried_out(vec![statement.clone()]).await
}

pub async fn together(_: &Env, _: &str, statements: Vec<Statement>) -> Result<Vec<Row>> {
    carried_out(statements).await
}

async fn carried_out(statements: Vec<Statement>) -> Result<Vec<Row>> {
    let (world, slot) = (world(), Slot::default());
    let answers = slot.clone();
    world.after(world.latency(), move || {
        let world = crate::world::world();
        let answer = carry_out(&statements);
        world.after(world.latency(), move || answers.fill(answer));
    });
    slot.await
}

/// The rows of the last one.
fn carry_out(statements: &[Statement]) -> Result<Vec<Row>> {
    let world = world();
    if world.faults.strikes(Kind::DirectoryRefuses) {
        return Err(Error::from("D1_ERROR: refused before"));
    }
    let db = &world.directory;
    db.execute_batch("BEGIN")?;
    let done = statements.iter().try_fold(vec![], |_, statement| statement.run_on(db));
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

impl Statement {
    fn run_on(&self, db: &Connection) -> Result<Vec<Row>> {
        run(db, &self.query, &self.bounds).map(|cursor| cursor.json().into_iter().map(Row).collect())
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
