//! The queue view's list, commands and questions (seed 002).

use super::jobs::{self, page};
use crate::job::JobState;
use crate::openapi::answer::Answer;
use crate::openapi::examples;
use crate::openapi::operation::{Operation, Tag};
use crate::openapi::schemas::shape::named;
use crate::view::queue;
use serde_json::json;

pub fn jobs() -> Operation {
    Operation::new(Tag::Queue, "List jobs, newest first")
        .takes(&["JobLimit", "Offset", "Cursor", "QueueStatus", "Name", "FilePath"])
        .answers(Answer::ok("A page of jobs.", named("QueueJobPage"), page(queue::listed(examples::running()))))
}

pub fn stats() -> Operation {
    let counts = [(JobState::Pending, 4), (JobState::Running, 2), (JobState::Completed, 31), (JobState::Failed, 1)];
    Operation::new(Tag::Queue, "Count jobs by state")
        .about("Read from counters: constant time, however many jobs there are.")
        .answers(Answer::ok("The counts.", named("QueueStats"), queue::stats(counts)))
}

pub fn retry() -> Operation {
    jobs::retry().in_chapter(Tag::Queue)
}

pub fn cancel() -> Operation {
    jobs::cancel().in_chapter(Tag::Queue)
}

pub fn delete() -> Operation {
    jobs::delete().in_chapter(Tag::Queue)
}

pub fn video_status() -> Operation {
    let unknown =
        Answer::new(404, "No job has this path.").json(named("FileUnknown"), json!({ "status": "not_found" }));
    Operation::new(Tag::Queue, "Read the status of a file")
        .about("Of the newest job with this `filePath`.")
        .answers(Answer::ok("The status.", named("FileStatus"), queue::video_status(examples::running())))
        .answers(unknown)
}
