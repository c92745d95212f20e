//! Owns the form of an operation: what is said of one action, and what its row of the route table adds to that.

use crate::openapi::answer::Answer;
use crate::openapi::{parameters, placeholders, refusals, security};
use crate::problem::Code;
use crate::route::Row;
use serde_json::{Map, Value, json};

/// The chapters of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    Jobs,
    Producing,
    Streams,
    Queue,
    Sessions,
    Administration,
    Service,
}

impl Tag {
    pub const ALL: [Tag; 7] =
        [Tag::Jobs, Tag::Producing, Tag::Streams, Tag::Queue, Tag::Sessions, Tag::Administration, Tag::Service];

    pub fn name(self) -> &'static str {
        match self {
            Tag::Jobs => "Jobs",
            Tag::Producing => "Producing",
            Tag::Streams => "Streams",
            Tag::Queue => "Queue",
            Tag::Sessions => "Sessions",
            Tag::Administration => "Administration",
            Tag::Service => "Service",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            Tag::Jobs => "Create, find, read and steer jobs.",
            Tag::Producing => "What whoever runs a job says about it.",
            Tag::Streams => "Server-Sent Events: one job, or a whole project.",
            Tag::Queue => "The jobs of a project in the words of a queue; a conflict is 400 here.",
            Tag::Sessions => "An API key turned into a cookie.",
            Tag::Administration => "Projects and keys.",
            Tag::Service => "The service itself.",
        }
    }
}

/// A request's body.
pub struct Body {
    /// Whether it may be left out.
    pub is_required: bool,
    pub content: Map<String, Value>,
}

impl Body {
    pub fn required(schema: Value, example: Value) -> Body {
        Body { is_required: true, content: Map::new() }.or("application/json", schema, example)
    }

    pub fn optional(schema: Value, example: Value) -> Body {
        Body { is_required: false, ..Body::required(schema, example) }
    }

    pub fn or(mut self, media_type: &str, schema: Value, example: Value) -> Body {
        self.content.insert(media_type.to_owned(), json!({ "schema": schema, "example": example }));
        self
    }
}

/// What is said of one action.
pub struct Operation {
    tag: Tag,
    summary: &'static str,
    about: &'static str,
    /// By their names in `parameters`, besides those of the path.
    pub parameters: Vec<&'static str>,
    pub body: Option<Body>,
    answers: Vec<Answer>,
    /// Besides those that follow from the door, the path, the parameters and the body.
    pub refusals: Vec<Code>,
}

impl Operation {
    pub fn new(tag: Tag, summary: &'static str) -> Operation {
        Operation { tag, summary, about: "", parameters: vec![], body: None, answers: vec![], refusals: vec![] }
    }

    pub fn about(self, about: &'static str) -> Operation {
        Operation { about, ..self }
    }

    /// The same, told elsewhere.
    pub fn in_chapter(self, tag: Tag) -> Operation {
        Operation { tag, ..self }
    }

    pub fn takes(mut self, parameters: &[&'static str]) -> Operation {
        self.parameters.extend(parameters);
        self
    }

    pub fn body(self, body: Body) -> Operation {
        Operation { body: Some(body), ..self }
    }

    /// An absent body is `{}`.
    pub fn needs_no_body(mut self) -> Operation {
        self.body = self.body.map(|body| Body { is_required: false, ..body });
        self
    }

    pub fn answers(mut self, answer: Answer) -> Operation {
        self.answers.push(answer);
        self
    }

    pub fn refuses(mut self, codes: &[Code]) -> Operation {
        self.refusals.extend(codes);
        self
    }

    /// The operation object of the route.
    pub fn describe(&self, row: &Row) -> Value {
        let door = security::sentence(row);
        let about = if self.about.is_empty() { door } else { format!("{}\n\n{door}", self.about) };
        let mut operation = json!({
            "operationId": operation_id(row),
            "tags": [self.tag.name()],
            "summary": self.summary,
            "description": about,
            "security": security::of(row),
        });
        let parameters: Vec<Value> =
            placeholders(row).into_iter().chain(self.parameters.iter().copied()).map(parameters::named).collect();
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = json!({ "required": body.is_required, "content": body.content });
        }
        operation["responses"] = self.responses(row);
        operation
    }

    fn responses(&self, row: &Row) -> Value {
        let mut responses: Map<String, Value> = self.answers.iter().map(Answer::describe).collect();
        for group in refusals::of(row, self) {
            let response = json!({ "$ref": format!("#/components/responses/{}", group.name()) });
            responses.insert(group.status.to_string(), response);
        }
        responses.sort_keys();
        responses.into()
    }
}

/// `CreateJobs` is `createJobs`: the action's own name.
fn operation_id(row: &Row) -> String {
    let name = format!("{:?}", row.action);
    name[..1].to_lowercase() + &name[1..]
}
