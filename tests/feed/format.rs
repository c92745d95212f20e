//! The format cases of web-platform-tests, through every field of a project's streams that takes text of the producer's.

use crate::support::build::{fail_for_good, job, stage};
use crate::support::format::cases;
use crate::support::reader::read;
use crate::support::story::given_running;
use crate::{shown, told};
use jobcast::event::Created;
use jobcast::feed::Channel::{Activity, Queue};
use serde_json::{Value, json};

#[test]
fn every_case_comes_out_as_it_went_in() {
    // An empty reason is none: the asset view has words of its own for it. A long one is cut in a project's streams.
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= 1_000;
    for (case, text) in cases().into_iter().filter(|(_, text)| fits(text)) {
        let failed = fail_for_good(&text);
        let hurt = stage("encode", "error", json!({ "error": text, "code": text }));
        let places = [
            (Queue, failed.clone(), "filePath"),
            (Queue, failed.clone(), "error"),
            (Activity, failed, "error_msg"),
            (Activity, hurt.clone(), "error_msg"),
            (Activity, hurt, "error_code"),
            (Activity, stage(&text, "start", json!({})), "stage"),
        ];
        for (channel, command, place) in places {
            let story = given_running(Created { file_path: Some(text.clone()), ..job() }).when(command);
            let notice = told(&story.job().created, &story.events()[0]).expect("a notice");
            let blocks = read(&shown(channel, &notice));
            let data: Value = serde_json::from_str(blocks[0].data.as_deref().expect("data")).expect("JSON");
            assert_eq!((blocks.len(), &data[place]), (1, &json!(text)), "{case} in {place}");
        }
    }
}
