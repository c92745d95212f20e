//! Owns the forms of secrets: what is handed out, what is stored of it, what a list shows of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The stored form of a secret: its SHA-256, base64url. The secrets carry 256 bits of randomness, so that neither
/// salt nor stretching adds anything, and the look-up by hash leaks no timing of the secret.
pub fn hash_secret(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same: of their digests every byte is looked at, so that neither the time taken nor the
/// length of the one that was sent tells anything of the other.
pub fn is_same(sent: &str, expected: &str) -> bool {
    Sha256::digest(sent.as_bytes()).ct_eq(&Sha256::digest(expected.as_bytes())).into()
}

/// What a request was, for `Idempotency-Key`: the same only if every part is the same.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// A new API key: `jc_` and 32 random bytes.
pub fn api_key(random: &[u8; 32]) -> String {
    format!("jc_{}", URL_SAFE_NO_PAD.encode(random))
}

/// A new session's secret: `jcs_` and 32 random bytes.
pub fn session_token(random: &[u8; 32]) -> String {
    format!("jcs_{}", URL_SAFE_NO_PAD.encode(random))
}

/// What a list of keys shows of a secret: enough to recognise it.
pub fn prefix_of(secret: &str) -> String {
    secret.chars().take(10).collect()
}

/// A new publishable key: `pk_` and 16 random bytes.
pub fn project_key(random: &[u8; 16]) -> String {
    format!("pk_{}", URL_SAFE_NO_PAD.encode(random))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_secret_is_the_same_to_the_last_letter_and_nothing_else_is() {
        assert!(is_same("secret", "secret"));
        for other in ["", "s", "secre", "secrets", "Secret", "secret ", "secret\0", "terces"] {
            assert!(!is_same(other, "secret"), "{other}");
        }
    }
}
