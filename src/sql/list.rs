//! Owns the one statement that has more than one form: `GET /jobs` with its filters. Each form reads one index
//! backwards. Fragments are fixed text; values are always bound.

use crate::fields::Query;
use crate::id::JobId;
use crate::job::JobState;
use crate::limits;
use crate::problem::{Code, Problem};
use crate::view::queue;

/// Which jobs are listed, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    pub limit: u64,
    pub offset: u64,
    /// Only jobs older than this one.
    pub cursor: Option<JobId>,
    pub states: Option<Vec<JobState>>,
    pub name: Option<String>,
    pub file_path: Option<String>,
}

/// In whose words `status` is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The canonical ones, and those of the other families where they say the same.
    Canonical,
    /// Those of the queue view alone (seed 002).
    Queue,
}

impl Listing {
    pub fn parse(query: &Query, words: Words) -> Result<Listing, Problem> {
        let bad_cursor =
            || Problem::new(Code::InvalidCursor, "cursor must be a nextCursor of this list.").with("field", "cursor");
        Ok(Listing {
            limit: query.limit(limits::PAGE_DEFAULT, limits::PAGE_JOBS)?,
            offset: query.whole("offset", 0)?.unwrap_or(0),
            cursor: query.text("cursor").map(|text| JobId::parse(text).ok_or_else(bad_cursor)).transpose()?,
            states: query.get("status").map(|word| states(word, words)).transpose()?,
            name: query.text("name").map(str::to_owned),
            file_path: query.text("filePath").map(str::to_owned),
        })
    }

    /// The totals are kept per project and state: only a search by name or path has to count.
    pub fn is_search(&self) -> bool {
        self.name.is_some() || self.file_path.is_some()
    }

    /// The page, ended early where its documents are large: the first one always comes. `found` of all rows, of
    /// which one more is looked at than was asked for, tells whether another page follows.
    pub fn page_statement(&self) -> (String, Vec<Bound>) {
        let (rows, mut bounds) = self.rows_statement();
        let sized = format!(
            "SELECT id, document, count(*) OVER () AS found, \
             sum(octet_length(document)) OVER (ORDER BY id DESC) - octet_length(document) AS bytes_before FROM ({rows})"
        );
        bounds.push(Bound::Number(limits::PAGE_BYTES));
        (format!("SELECT id, document, found FROM ({sized}) WHERE bytes_before < ? ORDER BY id DESC"), bounds)
    }

    /// Several states are each read from the end of their index and merged by id, because one `IN` would sort all of
    /// them; documents are read for the page only.
    fn rows_statement(&self) -> (String, Vec<Bound>) {
        let page = "ORDER BY id DESC LIMIT ? OFFSET ?";
        let states: Vec<Option<JobState>> = match &self.states {
            Some(states) => states.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        if let [state] = states[..] {
            let (filter, mut bounds) = self.filter(state.as_slice());
            bounds.extend([Bound::Number(self.limit + 1), Bound::Number(self.offset)]);
            return (format!("SELECT id, document FROM jobs WHERE {filter} {page}"), bounds);
        }
        let mut bounds = vec![];
        let branches = states.iter().map(|state| {
            let (filter, own) = self.filter(state.as_slice());
            bounds.extend(own);
            bounds.push(Bound::Number(self.limit + 1 + self.offset));
            format!("SELECT * FROM (SELECT id FROM jobs WHERE {filter} ORDER BY id DESC LIMIT ?)")
        });
        let branches = branches.collect::<Vec<_>>().join(" UNION ALL ");
        bounds.extend([Bound::Number(self.limit + 1), Bound::Number(self.offset)]);
        (format!("SELECT id, document FROM jobs WHERE id IN (SELECT id FROM ({branches}) {page})"), bounds)
    }

    /// How many jobs a search finds.
    pub fn total_statement(&self) -> (String, Vec<Bound>) {
        let (filter, bounds) =
            Listing { cursor: None, ..self.clone() }.filter(self.states.as_deref().unwrap_or_default());
        (format!("SELECT count(*) AS jobs FROM jobs WHERE {filter}"), bounds)
    }

    /// In any of these states; none means any at all. `?1` is the project, which the caller binds first.
    fn filter(&self, states: &[JobState]) -> (String, Vec<Bound>) {
        let mut filter = "project_id = ?1".to_owned();
        let mut bounds = vec![];
        if !states.is_empty() {
            let places = vec!["?"; states.len()].join(", ");
            filter.push_str(&format!(" AND status IN ({places})"));
            bounds.extend(states.iter().map(|state| Bound::Text(state.word().to_owned())));
        }
        for (column, value) in [("name", &self.name), ("file_path", &self.file_path)] {
            if let Some(value) = value {
                filter.push_str(&format!(" AND {column} = ?"));
                bounds.push(Bound::Text(value.clone()));
            }
        }
        if let Some(cursor) = &self.cursor {
            filter.push_str(" AND id < ?");
            bounds.push(Bound::Text(cursor.to_string()));
        }
        (filter, bounds)
    }
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Text(String),
    Number(u64),
}

fn states(word: &str, words: Words) -> Result<Vec<JobState>, Problem> {
    let canonical = || JobState::parse(word).map(|state| vec![state]);
    let (found, known) = match words {
        Words::Queue => (queue::states(word), queue::WORDS.to_vec()),
        Words::Canonical => (canonical().or_else(|| borrowed(word)), JobState::ALL.map(JobState::word).to_vec()),
    };
    found.ok_or_else(|| Problem::field("status", format!("status must be one of {}.", known.join(", "))))
}

/// Words of the other families that the canonical list takes too.
fn borrowed(word: &str) -> Option<Vec<JobState>> {
    match word {
        "error" | "processing" => queue::states(word),
        "queued" => queue::states("pending"),
        _ => None,
    }
}
