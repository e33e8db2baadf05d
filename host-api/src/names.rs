//! What the guest module imports and exports, by name.

/// The import module of the functions below that start with `IMPORT_`.
pub const IMPORT_MODULE: &str = "holm";

/// `effect(ptr, len) -> i32`: hands one encoded effect to the host, at once. 0, or a negative
/// [`Refusal`](crate::codes::Refusal).
pub const IMPORT_EFFECT: &str = "effect";

/// `pure(function, ptr, len) -> i32`: computes a pure function of encoded fields on the host and keeps
/// the encoded answer; returns its length, or a negative [`Refusal`](crate::codes::Refusal).
pub const IMPORT_PURE: &str = "pure";

/// `take(ptr)`: copies the kept answer of the last `pure` call to `ptr`.
pub const IMPORT_TAKE: &str = "take";

/// The file system is WASI preview 1, under its usual module name.
pub const IMPORT_WASI: &str = "wasi_snapshot_preview1";

/// `holm_abi_version() -> i32`: must equal [`ABI_VERSION`](crate::ABI_VERSION).
pub const EXPORT_ABI_VERSION: &str = "holm_abi_version";

/// `holm_alloc(len) -> ptr`: guest memory for an event that does not fit the fixed buffer; 0 when there
/// is none left. The guest frees it after the turn.
pub const EXPORT_ALLOC: &str = "holm_alloc";

/// `holm_inbox() -> ptr`: a fixed buffer of [`INBOX_BYTES`] for small events.
pub const EXPORT_INBOX: &str = "holm_inbox";

/// `holm_boot(ptr, len) -> i32`: creates the engine and evaluates the built-ins (JavaScript source,
/// NUL-terminated behind `len`). 0, or 1 after an error was handed out as an effect.
pub const EXPORT_BOOT: &str = "holm_boot";

/// `holm_turn(ptr, len) -> i32`: takes one encoded event and runs until no job is ready. 0, or 1 when
/// the engine could not take it (out of memory).
pub const EXPORT_TURN: &str = "holm_turn";

/// Collects garbage; called before a snapshot so that equal programs give equal images.
pub const EXPORT_SETTLE: &str = "holm_settle";

/// The shadow stack's pointer, a mutable global: it must be back at its start between turns.
pub const EXPORT_STACK_POINTER: &str = "__stack_pointer";

/// Linear memory.
pub const EXPORT_MEMORY: &str = "memory";

/// Size of the fixed buffer behind [`EXPORT_INBOX`], in bytes: holds an ordinary request head.
pub const INBOX_BYTES: usize = 16 * 1024;

/// Where a program's own files are, for itself.
pub const BUNDLE: &str = "/bundle";

/// The descriptor of the folder [`BUNDLE`], and the first one of what is opened in it: far from those that WASI gives.
pub const BUNDLE_FD: u32 = 1 << 30;
