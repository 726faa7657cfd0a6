//! Etags: eight bytes in base64 that begin like the real ones, `BwXhqDLz9Vc=`.

use crate::loopback::base64;

/// The etag of a policy that was never set.
/// Source: cloud.google.com, "Allow policies", examples of an empty policy.
pub(crate) const EMPTY: &str = "ACAB";

/// The n-th etag.
pub(crate) fn nth(count: u64) -> String {
    let mut bytes = [0x07, 0x06, 0, 0, 0, 0, 0, 0];
    bytes[2..].copy_from_slice(&count.to_be_bytes()[2..]);
    base64(&bytes, false)
}

/// Whether a text can be an etag at all: base64 in either alphabet, with padding.
pub(crate) fn is_etag(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
}

/// Whether two etags are the same bytes; a URL may carry the other alphabet.
pub(crate) fn same(left: &str, right: &str) -> bool {
    let plain = |text: &str| text.replace('-', "+").replace('_', "/");
    plain(left) == plain(right)
}

#[cfg(test)]
mod tests {
    use super::{is_etag, nth};

    #[test]
    fn etags_differ_and_are_base64() {
        assert_ne!(nth(1), nth(2));
        assert!(nth(1).starts_with("Bw"));
        assert!(is_etag(&nth(1)) && is_etag("ACAB") && !is_etag("not an etag") && !is_etag("ABC"));
    }
}
