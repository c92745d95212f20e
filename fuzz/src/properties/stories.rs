//! A job's life as anybody can lead it: any bodies to any of its routes in any order. What is refused changes nothing; what is taken
//! is stored as it is, and is one event of that data in every stream that shows it.

use super::refused;
use super::support::build::{START, create, job};
use super::support::reader::read;
use super::support::story::{Story, nothing};
use jobcast::command::Command;
use jobcast::event::Event;
use jobcast::feed::{Channel, Feed};
use jobcast::id::{EventId, JobId};
use jobcast::logs::{BatchFormat, Encoding, parse_batch};
use jobcast::notice::Notice;
use jobcast::problem::Problem;
use jobcast::record::Record;
use jobcast::replay::Plan;
use jobcast::request::{self, Creation};
use jobcast::view::pipeline::{self, Lens, Narrowing};
use jobcast::view::{Visibility, asset, queue};
use serde_json::Value;
use sse_stream::Sse;

/// Each line is a command: a letter, and the body. The first line creates the job.
pub fn life_of_a_job(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let mut story = nothing().when(first(lines.next().unwrap_or_default()));
    for line in lines.take(60) {
        let Some((word, body)) = line.split_first() else { continue };
        match command(&mut story, *word, body) {
            Ok(command) => happens(&mut story, &command),
            Err(problem) => refused(&problem),
        }
    }
    assert!(story.log.windows(2).all(|pair| pair[0].id < pair[1].id));
    is_shown_as_it_is(&story);
}

fn first(body: &[u8]) -> Command {
    let created = request::body(body).and_then(|body| request::create(&body, &job().project, || JobId::new(START, 1)));
    match created {
        Ok(Creation::One(created)) => Command::Create(created),
        Ok(Creation::Many(mut many)) => many.pop().map_or_else(|| create(job()), create),
        Err(_) => create(job()),
    }
}

fn command(story: &mut Story, word: u8, body: &[u8]) -> Result<Command, Problem> {
    let json = || request::body(body);
    Ok(match word {
        b'a' => Command::Ack,
        b'd' => Command::Claim,
        b'p' => request::progress(&json()?)?,
        b's' => {
            let (name, body) = body.split_at(body.iter().position(|byte| *byte == b'{').unwrap_or(body.len()));
            request::stage(&request::body(body)?, &String::from_utf8_lossy(name))?
        }
        b'c' => request::checkpoint(&json()?)?,
        b'e' => request::custom(&json()?)?,
        b'k' => Command::Keepalive,
        b'l' => Command::Logs(parse_batch(body, BatchFormat::Json, Encoding::Plain)?),
        b'C' => request::complete(&json()?)?,
        b'F' => request::fail(&json()?)?,
        b'K' => request::kill(&json()?)?,
        b'R' => Command::Retry,
        b'X' => Command::Cancel,
        b'D' => Command::Delete,
        _ => {
            // The clock moves on, by as much as the line is long.
            story.now = story.now.plus(body.len() as u64 * 60_000);
            Command::Tick
        }
    })
}

fn happens(story: &mut Story, command: &Command) {
    let sent = serde_json::to_string(command).expect("written");
    assert_eq!(serde_json::from_str::<Command>(&sent).expect("read"), *command, "it crosses to the object as it is");
    let before = story.record.clone();
    match story.tell(command) {
        Ok(events) => {
            for event in &events {
                is_stored_as_it_is(event);
                in_the_pipeline_view(event);
                in_the_project_s_streams(story, event);
            }
        }
        Err(problem) => {
            refused(&problem);
            assert_eq!(story.record, before);
        }
    }
}

fn is_stored_as_it_is(event: &Event) {
    let stored = serde_json::to_string(event).expect("written");
    assert_eq!(serde_json::from_str::<Event>(&stored).expect("read"), *event);
}

fn in_the_pipeline_view(event: &Event) {
    let lens = Lens { visibility: Visibility::Full, narrowing: Narrowing::default() };
    let mut out = String::new();
    lens.encode(event, &mut out);
    let shown = pipeline::frame(event).map(|(name, data)| (name, data, event.id));
    is_one_event(&out, shown.as_slice());
}

fn in_the_project_s_streams(story: &Story, event: &Event) {
    let Some(notice) = Notice::of(&story.job().created, event) else { return };
    let stored = serde_json::to_string(&notice).expect("written");
    assert_eq!(serde_json::from_str::<Notice>(&stored).expect("read"), notice);
    let shown = [(Channel::Queue, queue::frame(&notice)), (Channel::Activity, asset::frame(&notice))];
    let mut feed = Feed::new(story.job().created.project.clone());
    let entry = feed.append(vec![notice], story.now).pop().expect("an entry");
    for (channel, frame) in shown {
        let mut out = String::new();
        channel.encode(&entry, &mut out);
        is_one_event(&out, frame.map(|(name, data)| (name.to_owned(), data, entry.id)).as_slice());
    }
}

fn is_one_event(out: &str, shown: &[(String, Value, EventId)]) {
    let came = read(out);
    assert_eq!(came.len(), shown.len(), "{out:?}");
    for (block, (name, data, id)) in came.iter().zip(shown) {
        let Sse { event, data: text, id: place, retry } = block;
        assert_eq!(
            (event.as_deref(), place.as_deref(), *retry),
            (Some(name.as_str()), Some(id.to_string().as_str()), None)
        );
        let read: Value = serde_json::from_str(text.as_deref().unwrap_or_default()).expect("JSON");
        assert_eq!(read, *data);
    }
}

/// The snapshot, the record as it is stored, and the job as a list shows it.
fn is_shown_as_it_is(story: &Story) {
    let lens = Lens { visibility: Visibility::Public, narrowing: Narrowing::default() };
    let opening = lens.opening(story.job(), Plan::Snapshot { from: EventId(7) }, EventId(0));
    is_one_event(&opening, &[("job:snapshot".to_owned(), pipeline::snapshot(story.job()), EventId(7))]);
    let stored = serde_json::to_string(&story.record).expect("written");
    assert!(stored.len() < 2_000_000, "it is one row");
    assert_eq!(serde_json::from_str::<Option<Record>>(&stored).expect("read"), story.record);
}
