//! Faults that a test asks for before a call: what goes wrong between a client and a healthy cloud.

use std::time::Duration;

/// One way in which the next matching request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 with `Retry-After`; nothing is applied.
    TooManyRequests {
        /// Seconds in the `Retry-After` header.
        retry_after: u32,
    },
    /// 500 with the cloud's own error body; nothing is applied.
    ServerError,
    /// 503 with the cloud's own error body; nothing is applied.
    Unavailable,
    /// The request is held, then answered 504; nothing is applied.
    Timeout {
        /// How long the request is held.
        hold: Duration,
    },
    /// The request is applied, but its answer is held and then lost behind a 504: the case in which
    /// a client must read back before it tries again.
    LostAnswer {
        /// How long the answer is held.
        hold: Duration,
    },
    /// The answer that a concurrent change would have caused; nothing is applied.
    EtagConflict,
    /// 200 with a body that is not the cloud's: an HTML page of some proxy in between.
    Rubbish,
}

impl Fault {
    /// The name under which the request log shows it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::ServerError => "server-error",
            Self::Unavailable => "unavailable",
            Self::Timeout { .. } => "timeout",
            Self::LostAnswer { .. } => "lost-answer",
            Self::EtagConflict => "etag-conflict",
            Self::Rubbish => "rubbish",
        }
    }

    /// Whether the service still applies the request.
    pub(crate) const fn applies(&self) -> bool {
        matches!(self, Self::LostAnswer { .. })
    }

    /// How long the answer is held.
    pub(crate) const fn hold(&self) -> Duration {
        match self {
            Self::Timeout { hold } | Self::LostAnswer { hold } => *hold,
            _ => Duration::ZERO,
        }
    }
}

/// A fault in waiting, and which requests it is meant for.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) fault: Fault,
    /// The method it waits for; any if `None`.
    pub(crate) method: Option<String>,
    /// A part of the path it waits for; any if empty. Compared without regard to case.
    pub(crate) path: String,
}

impl Waiting {
    pub(crate) fn is_for(&self, method: &str, path: &str) -> bool {
        self.method
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && path.to_lowercase().contains(&self.path.to_lowercase())
    }
}
