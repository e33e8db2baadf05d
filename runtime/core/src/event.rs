//! What goes into an invocation.

use bytes::Bytes;

/// The clocks as an invocation sees them; they stand still within a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Wall clock, microseconds since the Unix epoch.
    pub wall_us: u64,
    /// Monotonic clock, microseconds since the invocation began.
    pub mono_us: u64,
}

/// One thing that is told to an invocation. Each is the start of a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Evaluate the program as a script, to completion.
    Script {
        /// Seeds everything random in the invocation.
        seed: [u8; 32],
    },
    /// Evaluate the program as a script that has a value: its default export, called with the input where that is a
    /// function, or its last expression. The value comes with [`Effect::Finish`](crate::Effect::Finish).
    Execution {
        /// Seeds everything random in the invocation.
        seed: [u8; 32],
        /// What the default export is called with, as JSON; `None` for `undefined`.
        input: Option<String>,
    },
    /// Answer an HTTP request.
    Request {
        /// Seeds everything random in the invocation.
        seed: [u8; 32],
        /// Evaluate the program first, in the same turn (a one-off execution; else it is in the image).
        inline: bool,
        /// The request.
        head: RequestHead,
    },
    /// A scheduled run.
    Scheduled {
        /// Seeds everything random in the invocation.
        seed: [u8; 32],
        /// What is due.
        scheduled: Scheduled,
    },
    /// The operation that the guest numbered `op` has ended, or has given something.
    Done {
        /// The number the guest gave it.
        op: u32,
        /// How it ended.
        answer: Answer,
    },
    /// The monotonic clock has reached what [`Effect::WakeAt`](crate::Effect::WakeAt) asked for.
    Wake,
    /// Whoever waits for the answer has gone.
    Cancel {
        /// In words, for `request.signal.reason`.
        reason: String,
    },
}

/// The head of an HTTP request to a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// The invocation's id: what `x-request-id` says.
    pub id: String,
    /// As received, upper case for the standard methods.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// `name \n value \n name \n value`; names lower case; see `holm_host_api::codes`.
    pub headers: String,
    /// There is a body to be read from stream 0.
    pub has_body: bool,
}

/// A scheduled run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheduled {
    /// The invocation's id.
    pub id: String,
    /// The expression that was due.
    pub cron: String,
    /// When it was due, milliseconds since the Unix epoch.
    pub time_ms: f64,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A fetch has a response head.
    Head(FetchHead),
    /// A piece of a body.
    Chunk(Bytes),
    /// The body has ended.
    End,
    /// A piece of a body was taken over.
    Written,
    /// It failed.
    Failed(Failure),
}

/// The head of a response to a function's fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchHead {
    /// 200 to 599.
    pub status: u16,
    /// The reason phrase, or empty.
    pub status_text: String,
    /// After redirects.
    pub url: String,
    /// At least one redirect was followed.
    pub redirected: bool,
    /// As in [`RequestHead::headers`].
    pub headers: String,
    /// There is a body, to be read from the stream numbered as the fetch.
    pub has_body: bool,
}

/// Why an operation failed: shown to the function as the message of an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub kind: FailureKind,
    /// A sentence without internals of the host.
    pub message: String,
}

/// The class of a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// No rule allows it.
    Denied,
    /// A limit of the invocation is used up.
    Limit,
    /// The other side could not be reached, or broke off.
    Network,
    /// It took longer than one operation may.
    Timeout,
    /// The request itself makes no sense.
    Invalid,
    /// The guest cancelled it.
    Aborted,
}
