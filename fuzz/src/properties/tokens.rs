//! Stream tokens: only what was signed with our secret is one, to the letter.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jobcast::access::{Scope, Scopes};
use jobcast::id::{JobId, ProjectId};
use jobcast::time::Timestamp;
use jobcast::token::{Claims, sign, verify};
use sha2::Sha256;

const SECRET: &[u8] = b"the service's secret";
const NOW: Timestamp = Timestamp(1_000);

/// The input as a token; what it makes of a good token; and the claims that a good signature stands under.
pub fn forged(input: &[u8]) {
    assert!(verify(&String::from_utf8_lossy(input), SECRET, NOW).is_err(), "nobody guesses a signature");
    let good = sign(&claims(), SECRET);
    assert!(verify(&good, SECRET, NOW).is_ok() && verify(&good, SECRET, Timestamp(2_000)).is_err());
    let edited = edited(&good, input);
    assert_eq!(verify(&edited, SECRET, NOW).is_ok(), edited == good, "{edited}");
    signed_nonsense(input);
}

fn claims() -> Claims {
    let (job, project) = (JobId::new(NOW, 1), ProjectId::new(NOW, 2));
    Claims { job, project, scopes: Scopes::of(&[Scope::Read]), expires_at: Timestamp(2_000) }
}

/// Puts bytes of the input in place of the token's: pairs of a place and what stands there now.
fn edited(token: &str, input: &[u8]) -> String {
    let mut bytes = token.as_bytes().to_vec();
    for pair in input.chunks_exact(2) {
        let place = usize::from(pair[0]) % bytes.len();
        match pair[1] {
            0xff => bytes.truncate(place.max(1)),
            byte => bytes[place] = byte,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Under a good signature stands what we wrote. Should another program with our secret write something else, it is read or refused.
fn signed_nonsense(input: &[u8]) {
    let claims = URL_SAFE_NO_PAD.encode(input);
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(SECRET).expect("any key");
    mac.update(claims.as_bytes());
    let token = format!("jct_{claims}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    if let Ok(grant) = verify(&token, SECRET, NOW) {
        assert!(grant.job.is_some() && grant.expires_at.is_some_and(|end| end > NOW), "one job, and not for ever");
    }
}
