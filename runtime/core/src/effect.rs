//! What comes out of an invocation.

use bytes::Bytes;

/// One thing that an invocation asks for or says, in the middle of a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start an HTTP request; completes with [`Answer::Head`](crate::Answer::Head) or `Failed`.
    Fetch {
        /// The operation's number, also the number of its response body's stream (and of its request body's).
        op: u32,
        /// What to send.
        request: FetchRequest,
    },
    /// Read a piece of a body; completes with `Chunk`, `End` or `Failed`.
    Read {
        /// The operation's number.
        op: u32,
        /// 0: the request's body; else the response body of that fetch.
        stream: u32,
    },
    /// Write a piece of a body; completes with `Written` when more is welcome, or `Failed`.
    Write {
        /// The operation's number.
        op: u32,
        /// 0: the response's body; else the request body of that fetch.
        stream: u32,
        /// The piece.
        chunk: Bytes,
    },
    /// The body that is written to a stream is complete, or broken.
    Close {
        /// As in `Write`.
        stream: u32,
        /// In words, when the body cannot be completed.
        error: Option<String>,
    },
    /// Nobody waits for this operation any more; of a fetch, its body is dropped too. No completion follows.
    Abort {
        /// The operation's number.
        op: u32,
    },
    /// Send [`Event::Wake`](crate::Event::Wake) at this time; replaces what was asked before.
    WakeAt {
        /// Monotonic microseconds; `None` for never.
        mono_us: Option<u64>,
    },
    /// A piece of log or output.
    Log {
        /// Where it comes from.
        level: Level,
        /// A line without its end, or for the standard streams text as it is.
        text: String,
    },
    /// The response.
    Respond(ResponseHead),
    /// The program is evaluated.
    Loaded {
        /// `holm_host_api::codes::Handler` bits.
        handlers: u32,
    },
    /// The program threw and did not catch.
    Threw(crate::ThrownError),
    /// The invocation is over.
    Finish {
        /// Exit code of a script; 0 otherwise.
        exit_code: u32,
        /// The value, as JSON, where there is one.
        value: Option<String>,
    },
}

/// The request of a fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchRequest {
    /// Upper case for the standard methods.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// As in [`RequestHead::headers`](crate::RequestHead::headers).
    pub headers: String,
    /// What to do with a redirect.
    pub redirect: RedirectMode,
    /// The body.
    pub body: FetchBody,
}

/// What to do with a redirect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectMode {
    /// Follow it, each hop under the policy.
    #[default]
    Follow,
    /// Fail.
    Error,
    /// Hand out the redirect itself.
    Manual,
}

/// The body of a fetch's request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FetchBody {
    /// None.
    #[default]
    None,
    /// All of it.
    Whole(Bytes),
    /// Written to the stream numbered as the fetch.
    Stream,
}

/// The head of a function's response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    /// 200 to 599.
    pub status: u16,
    /// As in [`RequestHead::headers`](crate::RequestHead::headers).
    pub headers: String,
    /// The body.
    pub body: ResponseBody,
}

/// The body of a function's response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseBody {
    /// None.
    None,
    /// All of it.
    Whole(Bytes),
    /// Written to stream 0.
    Stream,
}

/// Where a piece of log comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `console.debug`, `console.trace`
    Debug,
    /// `console.log`, `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`
    Error,
    /// `process.stdout.write`
    Stdout,
    /// `process.stderr.write`
    Stderr,
}

impl Level {
    /// As it is written in JSON, in events and in comparisons.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}
