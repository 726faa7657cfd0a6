//! Authentication: is this who it says it is?
//!
//! In goes the `data` of a login request and the user's secret, out comes yes or the vendor's
//! refusal. Key pairs are verified in earnest: signature, issuer, subject, fingerprint and expiry
//! (docs.snowflake.com/en/user-guide/key-pair-auth).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::Secret;

/// A refused login: the driver's code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoginError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

fn incorrect() -> LoginError {
    LoginError {
        code: "390100",
        message: "Incorrect username or password was specified.".into(),
    }
}

/// Refuses a login whose proof does not fit the user's secret.
pub(crate) fn authenticate(data: &Value, user: &str, secret: &Secret) -> Result<(), LoginError> {
    let field = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let authenticator = field("AUTHENTICATOR");
    match secret {
        Secret::Password(password) => {
            let plain = authenticator.is_empty() || authenticator == "SNOWFLAKE";
            if plain && field("PASSWORD") == password && !password.is_empty() {
                Ok(())
            } else {
                Err(incorrect())
            }
        }
        Secret::Token(token) => {
            let by_token = matches!(authenticator, "OAUTH" | "PROGRAMMATIC_ACCESS_TOKEN");
            // A token may also stand in for a password.
            let given = if by_token {
                field("TOKEN")
            } else {
                field("PASSWORD")
            };
            if given == token && !token.is_empty() {
                Ok(())
            } else if by_token {
                Err(LoginError {
                    code: "390303",
                    message: "Invalid OAuth access token.".into(),
                })
            } else {
                Err(incorrect())
            }
        }
        Secret::PublicKey(pem) => {
            let invalid = || LoginError {
                code: "390144",
                message: "JWT token is invalid.".into(),
            };
            if authenticator != "SNOWFLAKE_JWT" {
                return Err(incorrect());
            }
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs());
            verify_jwt(field("TOKEN"), user, pem, now).ok_or_else(invalid)
        }
    }
}

/// Whether a JWT is signed by the key, names user and key, and is valid now.
fn verify_jwt(token: &str, user: &str, pem: &str, now: u64) -> Option<()> {
    let der = spki(pem)?;
    let mut parts = token.split('.');
    let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
    if header.get("alg")?.as_str()? != "RS256" {
        return None;
    }
    let signed = format!("{head}.{claims}");
    ring::signature::UnparsedPublicKey::new(
        &ring::signature::RSA_PKCS1_2048_8192_SHA256,
        rsa_key(&der)?,
    )
    .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?)
    .ok()?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &der);
    let fingerprint = format!("SHA256:{}", STANDARD.encode(digest));
    let subject = claims.get("sub")?.as_str()?;
    let issuer = claims.get("iss")?.as_str()?;
    let names_user = subject.ends_with(&format!(".{user}"));
    let names_key = issuer == format!("{subject}.{fingerprint}");
    let lives = claims.get("exp")?.as_u64()? > now;
    (names_user && names_key && lives).then_some(())
}

/// The `SubjectPublicKeyInfo` of a PEM file.
fn spki(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    STANDARD.decode(body.trim()).ok()
}

/// The `RSAPublicKey` inside a `SubjectPublicKeyInfo`: the contents of its BIT STRING.
fn rsa_key(der: &[u8]) -> Option<&[u8]> {
    let (0x30, outer, _) = tlv(der)? else {
        return None;
    };
    let (0x30, _, rest) = tlv(outer)? else {
        return None;
    };
    let (0x03, bits, _) = tlv(rest)? else {
        return None;
    };
    // The first byte counts unused bits.
    bits.strip_prefix(&[0])
}

/// One DER element: tag, contents, and what follows.
fn tlv(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        let (bytes, rest) = (rest.get(..count)?, rest.get(count..)?);
        let length = bytes.iter().try_fold(0usize, |n, b| {
            n.checked_mul(256)?.checked_add(usize::from(*b))
        })?;
        (length, rest)
    };
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn passwords_and_tokens_must_be_equal() {
        let password = Secret::Password("p".into());
        assert_eq!(
            authenticate(&json!({"PASSWORD": "p"}), "U", &password),
            Ok(())
        );
        for wrong in [
            json!({"PASSWORD": "q"}),
            json!({}),
            json!({"TOKEN": "p", "AUTHENTICATOR": "OAUTH"}),
        ] {
            assert_eq!(authenticate(&wrong, "U", &password), Err(incorrect()));
        }
        let token = Secret::Token("t".into());
        let login = json!({"TOKEN": "t", "AUTHENTICATOR": "PROGRAMMATIC_ACCESS_TOKEN"});
        assert_eq!(authenticate(&login, "U", &token), Ok(()));
        assert!(
            authenticate(
                &json!({"TOKEN": "x", "AUTHENTICATOR": "OAUTH"}),
                "U",
                &token
            )
            .is_err()
        );
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert!(!format!("{:?}", Secret::Password("hunter2".into())).contains("hunter2"));
    }
}
