mod tell;

use futures::StreamExt;
use reqwest_eventsource::{Event, EventSource};
use tell::{asked, is_end, over, tell};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (url, plain) = asked();
    let mut source = EventSource::get(url);
    while let Some(next) = source.next().await {
        let Ok(Event::Message(event)) = next else { continue };
        tell(&event.event, &event.id, &event.data);
        if !plain && is_end(&event.event) {
            break;
        }
    }
    over("closed");
}
