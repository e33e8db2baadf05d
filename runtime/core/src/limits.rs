//! The bounds of an invocation: one struct, each with a unit, a default and a message.

use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $variant:ident, $unit:literal, $default:expr, $ceiling:expr, $message:literal;)*) => {
        /// A bound, by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Limit { $($(#[$doc])* $variant,)* }

        impl Limit {
            /// Every limit, in the order of the documentation.
            pub const ALL: &'static [Limit] = &[$(Limit::$variant,)*];

            /// As it is written in configuration, outcomes and docs.
            pub fn name(self) -> &'static str {
                match self { $(Limit::$variant => stringify!($field),)* }
            }

            /// The unit of its value: `ms`, `bytes` or a countable noun.
            pub fn unit(self) -> &'static str {
                match self { $(Limit::$variant => $unit,)* }
            }

            /// The highest value that is accepted.
            pub fn ceiling(self) -> u64 {
                match self { $(Limit::$variant => $ceiling,)* }
            }

            fn message(self) -> &'static str {
                match self { $(Limit::$variant => $message,)* }
            }
        }

        /// The bounds of one invocation, of the function it belongs to, and of deploying it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Limits { $($(#[$doc])* pub $field: u64,)* }

        impl Default for Limits {
            fn default() -> Self { Self { $($field: $default,)* } }
        }

        impl Limits {
            /// The value of a limit, in its unit.
            pub fn value(&self, limit: Limit) -> u64 {
                match limit { $(Limit::$variant => self.$field,)* }
            }

            /// Changes a limit.
            pub fn set(&mut self, limit: Limit, value: u64) {
                match limit { $(Limit::$variant => self.$field = value,)* }
            }
        }
    };
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

limits! {
    /// CPU time, counted in fuel ([`FUEL_PER_CPU_MS`]): exact and repeatable.
    cpu_ms: Cpu, "ms", 500, 600_000, "used up its CPU time";
    /// Time from the first event to the end, waiting included.
    wall_ms: Wall, "ms", 30_000, 3_600_000, "took too long";
    /// Linear memory plus what the host holds for the invocation.
    memory_bytes: Memory, "bytes", 64 * MIB, 1024 * MIB, "ran out of memory";
    /// Body of the request to a function.
    request_body_bytes: RequestBody, "bytes", 10 * MIB, 1024 * MIB, "was sent a request body that is too large";
    /// Body of the function's response.
    response_body_bytes: ResponseBody, "bytes", 10 * MIB, 1024 * MIB, "gave a response body that is too large";
    /// Fetches of one invocation.
    subrequests: Subrequests, "fetches", 50, 10_000, "made too many fetches";
    /// Fetches of one invocation that are under way at the same time; more of them wait.
    subrequests_at_once: SubrequestsAtOnce, "fetches", 6, 1_000, "had too many fetches at once";
    /// Bytes of bodies that pass egress for one invocation, both ways.
    egress_bytes: Egress, "bytes", 10 * MIB, 10 * 1024 * MIB, "moved too many bytes over the network";
    /// One fetch, from its start to its response head; then between two pieces of its body.
    fetch_timeout_ms: FetchTimeout, "ms", 10_000, 600_000, "waited too long for a fetch";
    /// Bytes of log and output; what is over it is cut, with a line that says so.
    log_bytes: Log, "bytes", 256 * KIB, 1024 * MIB, "logged too much";
    /// Timers that are set at the same time.
    timers: Timers, "timers", 1_000, 100_000, "set too many timers";
    /// Operations that are under way at the same time.
    operations_pending: Operations, "operations", 1_000, 100_000, "started too many operations at once";
    /// Invocations of one function at the same time.
    concurrency: Concurrency, "invocations", 100, 100_000, "is running too many times at once";
    /// Invocations of all functions of a tenant at the same time.
    tenant_concurrency: TenantConcurrency, "invocations", 1_000, 100_000, "belongs to a tenant with too many running at once";
    /// Source of a program, all modules together.
    source_bytes: Source, "bytes", 5 * MIB, 64 * MIB, "has too much source";
    /// CPU time to evaluate a program when it is deployed, counted in fuel.
    boot_ms: Boot, "ms", 1_000, 60_000, "takes too long to start";
    /// Bytes in the invocation's own `/tmp`.
    fs_bytes: FsBytes, "bytes", 16 * MIB, 1024 * MIB, "wrote too many bytes to its files";
    /// Files and folders in the invocation's own `/tmp`. Of descriptors it has 64 at the most.
    fs_files: FsFiles, "files", 1_000, 100_000, "has too many files";
}

/// The engine itself, ready for a program, takes most of this.
const MEMORY_BYTES_MIN: u64 = 8 * MIB;

/// How much fuel stands for a millisecond of CPU time. A constant, not a measurement at run time, so that the
/// same journal uses the same fuel on any machine; `docs/limits.md` says how it was calibrated.
pub const FUEL_PER_CPU_MS: u64 = 8_000_000;

impl Limit {
    /// What happened, with the limit, its value and what was used, and how to change it.
    pub fn exceeded(self, value: u64, used: u64) -> String {
        format!(
            "the program {}: {} of {} {} allowed (limit `{}`)",
            self.message(),
            used,
            value,
            self.unit(),
            self.name()
        )
    }

    /// The limit of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.name() == name)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Limits {
    /// What `holm run` and one-off executions start from: as the default, with 10 s of CPU.
    pub fn for_scripts() -> Self {
        Self {
            cpu_ms: 10_000,
            ..Self::default()
        }
    }

    /// The fuel of an invocation.
    pub fn fuel(&self) -> u64 {
        self.cpu_ms.saturating_mul(FUEL_PER_CPU_MS)
    }

    /// The fuel of evaluating a program when it is deployed.
    pub fn boot_fuel(&self) -> u64 {
        self.boot_ms.saturating_mul(FUEL_PER_CPU_MS)
    }

    /// Checks every value against its ceiling, and against the lowest that makes sense.
    ///
    /// # Errors
    /// A sentence that names the limit, its value and what is accepted.
    pub fn check(&self) -> Result<(), String> {
        for &limit in Limit::ALL {
            let (value, ceiling) = (self.value(limit), limit.ceiling());
            let zero_is_fine = matches!(
                limit,
                Limit::Subrequests | Limit::Log | Limit::Timers | Limit::FsBytes | Limit::FsFiles
            );
            let lowest = match limit {
                Limit::Memory => MEMORY_BYTES_MIN,
                _ => u64::from(!zero_is_fine),
            };
            if !(lowest..=ceiling).contains(&value) {
                return Err(format!(
                    "limit `{limit}` is {value}; it can be {lowest} to {ceiling} {}",
                    limit.unit()
                ));
            }
        }
        Ok(())
    }
}
