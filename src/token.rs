//! Owns the stream token: one job, some scopes, a short life, verified without a look-up.
//! Form: `jct_<claims>.<mac>`, both base64url; the MAC is HMAC-SHA256 and there is no algorithm to choose.
//! Invariant: claims are read only after the MAC was found good.

use crate::access::{Grant, Scopes, bad_credential};
use crate::id::{JobId, ProjectId};
use crate::problem::Problem;
use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "jct_";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    pub job: JobId,
    pub project: ProjectId,
    pub scopes: Scopes,
    pub expires_at: Timestamp,
}

pub fn sign(claims: &Claims, secret: &[u8]) -> String {
    let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
    let mac = URL_SAFE_NO_PAD.encode(mac(&claims, secret).finalize().into_bytes());
    format!("{PREFIX}{claims}.{mac}")
}

pub fn verify(token: &str, secret: &[u8], now: Timestamp) -> Result<Grant, Problem> {
    let claims = signed_claims(token, secret)
        .ok_or_else(|| bad_credential("This is no stream token of this service: mint a new one."))?;
    if claims.expires_at <= now {
        return Err(bad_credential("The stream token has expired: mint a new one."));
    }
    Ok(Grant {
        project: claims.project,
        scopes: claims.scopes,
        job: Some(claims.job),
        expires_at: Some(claims.expires_at),
    })
}

fn signed_claims(token: &str, secret: &[u8]) -> Option<Claims> {
    let (claims, signature) = token.strip_prefix(PREFIX)?.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(claims, secret).verify_slice(&signature).ok()?;
    serde_json::from_str(std::str::from_utf8(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?).ok()
}

fn mac(claims: &str, secret: &[u8]) -> Hmac<Sha256> {
    // A key of any length is taken; `new` only shortens or pads it.
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
    mac.update(claims.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Scope;

    fn claims() -> Claims {
        let now = Timestamp(1_000);
        let (job, project) = (JobId::new(now, 1), ProjectId::new(now, 2));
        Claims { job, project, scopes: Scopes::of(&[Scope::Read]), expires_at: Timestamp(2_000) }
    }

    #[test]
    fn a_token_grants_what_it_claims_until_it_expires() {
        let token = sign(&claims(), b"secret");
        let grant = verify(&token, b"secret", Timestamp(1_999)).unwrap();
        assert_eq!((grant.job, grant.expires_at), (Some(claims().job), Some(Timestamp(2_000))));
        assert!(verify(&token, b"secret", Timestamp(2_000)).is_err());
    }

    #[test]
    fn every_single_bit_of_a_token_counts() {
        let token = sign(&claims(), b"secret").into_bytes();
        for (at, bit) in (0..token.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut turned = token.clone();
            turned[at] ^= 1 << bit;
            let turned: String = turned.into_iter().map(char::from).collect();
            assert!(verify(&turned, b"secret", Timestamp(1)).is_err(), "{turned}");
        }
    }

    #[test]
    fn what_was_tampered_with_is_refused() {
        let token = sign(&claims(), b"secret");
        let (head, mac) = token.split_once('.').unwrap();
        let forged = sign(&Claims { scopes: Scopes::every(), ..claims() }, b"other");
        let swapped = format!("{}.{mac}", forged.split_once('.').unwrap().0);
        for bad in ["", "jct_", "jct_.", head, &token[..token.len() - 2], &forged, &swapped, &token[4..]] {
            assert!(verify(bad, b"secret", Timestamp(1)).is_err(), "{bad}");
        }
    }
}
