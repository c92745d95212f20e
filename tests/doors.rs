//! Who gets in from where: the session's cookie, pages of other sites, pages of other origins. Contract: “Credentials”.

mod support;

#[path = "doors/cors.rs"]
mod cors;
#[path = "doors/cookies.rs"]
mod cookies;
