//! What is stored, and what crosses between the Worker and its objects: whatever can be read is written and read the same.

use jobcast::call::{Call, FeedSubscription, Reply, Subscription, Telling};
use jobcast::event::Event;
use jobcast::feed::Feed;
use jobcast::notice::Notice;
use jobcast::record::{Archive, Record};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The first byte chooses the form, the rest is its JSON.
pub fn what_is_kept(input: &[u8]) {
    let Some((which, json)) = input.split_first() else { return };
    match which % 9 {
        0 => same_again::<Event>(json),
        1 => same_again::<Record>(json),
        2 => same_again::<Notice>(json),
        3 => same_again::<Feed>(json),
        4 => same_again::<Archive>(json),
        5 => same_again::<Call>(json),
        6 => same_again::<Subscription>(json),
        7 => same_again::<FeedSubscription>(json),
        _ => {
            same_again::<Telling>(json);
            same_again::<Reply>(json);
        }
    }
}

/// Compared as text: not all of them can be compared themselves.
fn same_again<T: Serialize + DeserializeOwned>(json: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(json) else { return };
    let written = serde_json::to_string(&value).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(serde_json::to_string(&again).expect("written"), written);
}
