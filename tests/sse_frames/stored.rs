//! A replay shows what live subscribers got, byte for byte, whatever kind of event and lens.

use crate::support::build::START;
use crate::support::facts;
use jobcast::event::{Event, Origin};
use jobcast::id::EventId;
use jobcast::view::Visibility;
use jobcast::view::pipeline::{Lens, Narrowing};
use jobcast::view::stored::Stored;

fn lenses() -> impl Iterator<Item = Lens> {
    let lists = ["", "job:progress", "stage:*", "stage:encode", "job:log,job:checkpoint", "job:completed"];
    let lens = |visibility, list| Lens { visibility, narrowing: Narrowing::parse(Some(list)).expect("names of events") };
    [Visibility::Public, Visibility::Full].into_iter().flat_map(move |sees| lists.map(|list| lens(sees, list)))
}

pub fn assert_replayed_as_it_was_live(event: &Event) {
    let fact = event.fact.stored().expect("a stored fact");
    let attempt = if event.attempt == 1 { String::new() } else { format!(" {}", event.attempt) };
    let line = format!("{}{attempt}{fact}", event.id);
    let stored = Stored::of_line(&line).expect("a line of a replay");
    for lens in lenses() {
        let (mut live, mut replayed) = (String::new(), String::new());
        lens.encode(event, &mut live);
        lens.encode_stored(stored, &mut replayed).expect("a stored event");
        assert_eq!(replayed, live, "{lens:?}");
    }
}

#[test]
fn each_fact_is_replayed_as_it_was_live() {
    for sample in facts::samples() {
        let event = Event { id: EventId(START.0), attempt: 2, fact: sample.fact, origin: Origin::default() };
        assert_replayed_as_it_was_live(&event);
    }
}

#[test]
fn what_looks_like_another_kind_inside_is_replayed_as_what_it_is() {
    let plain = r#"{"type":"stage.reported","data":{"stage":"a","type":"x\",\"data\":{\"stage\":\"b"}}"#;
    for fact in [plain, &plain.replace(r#""stage":"a""#, r#""stage":"a\"b""#), &plain.replace(r#""a""#, r#""\u00e9""#)] {
        let event = Event { id: EventId(7), attempt: 1, fact: serde_json::from_str(fact).expect("a fact"), origin: Origin::default() };
        assert_replayed_as_it_was_live(&event);
    }
}
