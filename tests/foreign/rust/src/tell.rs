//! How a program tells the test what its client did: a JSON line an event, and one line when it is over.

use serde_json::json;

/// `<program> <url> <mode>`
pub fn asked() -> (String, bool) {
    let mut given = std::env::args().skip(1);
    let url = given.next().expect("a URL");
    (url, given.next().as_deref() == Some("plain"))
}

pub fn tell(name: &str, id: &str, data: &str) {
    println!("{}", json!({ "name": name, "id": id, "data": data }));
}

pub fn over(why: impl ToString) {
    println!("{}", json!({ "over": why.to_string() }));
}

/// The events after which nothing comes.
pub fn is_end(name: &str) -> bool {
    ["job:completed", "job:failed"].contains(&name)
}
