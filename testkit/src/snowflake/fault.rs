//! Faults that a test asks the server to make, each once and at a chosen moment.

/// Which request a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultAt {
    /// The next login.
    Login,
    /// The n-th statement from now, counted from 1; a driver's retries of one statement count once.
    Statement(usize),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The statement is refused with this code, state and message, and not executed.
    Refuse {
        /// For example `000625`.
        code: &'static str,
        /// For example `57014`.
        sqlstate: &'static str,
        /// The message.
        message: String,
    },
    /// The connection breaks before the statement is executed.
    DropBefore,
    /// The statement is executed and the connection breaks before the answer: a retry with the same
    /// request id gets that answer, as with Snowflake.
    DropAfter,
    /// The HTTP status, this many times, before the request is served.
    Status {
        /// 429 or 503, which the driver retries.
        status: u16,
        /// How often.
        times: usize,
    },
    /// An answer that is no JSON.
    Rubbish,
    /// The session has expired: the driver must renew its token and try again.
    ExpireSession,
    /// The query is still running for this many polls.
    InProgress {
        /// How often the driver asks before there is a result.
        polls: usize,
    },
}

/// A fault that waits for its moment.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) at: FaultAt,
    pub(crate) fault: Fault,
}
