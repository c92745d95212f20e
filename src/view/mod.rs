//! Owns what all views share: what a reader may see. A view is a pure function from event and folded state to
//! frames in one family's names; events are stored once, in the canonical words of `event`.

pub mod pipeline;

use crate::event::Fact;
use serde::{Deserialize, Serialize};

/// CONTRACT, “Credentials”: `jobs:read` sees everything, everybody else the public part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    Full,
}

impl Visibility {
    pub fn shows(self, fact: &Fact) -> bool {
        match self {
            Visibility::Public => fact.is_public(),
            Visibility::Full => true,
        }
    }
}
