//! The numbers that cross the boundary, each with its meaning and its fields in order.
//!
//! Field types are those of [`fields`](crate::fields): `u32`, `f64`, `str`, `bytes`, `null`. A header
//! list is one `str`: `name \n value \n name \n value`, without a trailing newline, empty for none;
//! names are lower case, values have no line breaks.

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident: $repr:ty { $($(#[$item_meta:meta])* $item:ident = $value:expr,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr($repr)]
        pub enum $name { $($(#[$item_meta])* $item = $value,)* }

        impl $name {
            /// Every value with its name, in declaration order.
            pub const ALL: &'static [($name, &'static str)] = &[$(($name::$item, stringify!($item)),)*];

            /// The value of a number, if there is one.
            pub fn from_code(code: $repr) -> Option<Self> {
                Self::ALL.iter().map(|(value, _)| *value).find(|value| *value as $repr == code)
            }

            /// The number that crosses the boundary.
            pub fn code(self) -> $repr { self as $repr }
        }
    };
}

codes! {
    /// What the host tells the guest. An encoded event is the header (kind, op, clocks) and its fields.
    EventKind: u32 {
        /// Evaluate a program. Fields: mode `u32` ([`LoadMode`]), seed `bytes` (32), entry `str` (path),
        /// argv `str` (JSON array), env `str` (JSON object), preopens `str` (JSON array of guest paths, in the
        /// order of their descriptors from 3), input `str` (JSON) or `null`, then for each module: path `str`, format `u32`
        /// ([`ModuleFormat`]), source `str` (or `bytes` for [`ModuleFormat::Bytes`]), links `str` (JSON object:
        /// specifier to module path or built-in name), exported names `str` (JSON array, for CommonJS).
        Load = 1,
        /// An HTTP request for the loaded function. Fields: seed `bytes` (32), invocation id `str`, method
        /// `str`, URL `str`, headers `str`, body `u32` (0 none, 1 to be read from stream 0).
        Request = 2,
        /// A scheduled run of the loaded function. Fields: seed `bytes` (32), invocation id `str`, cron `str`,
        /// scheduled time `f64` (ms since the epoch).
        Scheduled = 3,
        /// An operation has ended. `op` names it; fields: [`Completion`] `u32`, then as it says.
        Done = 4,
        /// The clock has reached the time that the guest asked for.
        Wake = 5,
        /// Whoever waits for the answer has gone; the invocation may finish its `waitUntil` work.
        /// Fields: reason `str`.
        Cancel = 6,
    }
}

codes! {
    /// How a program is evaluated.
    LoadMode: u32 {
        /// For a function image: without I/O, under a fixed clock and seed.
        Image = 0,
        /// As a script, to completion, with everything allowed.
        Script = 1,
        /// One-off evaluation of a handler module right before its request.
        Inline = 2,
        /// As a script that has a value: its default export, called with the input where it is a function.
        Execution = 3,
    }
}

codes! {
    /// How a module's source is to be understood.
    ModuleFormat: u32 {
        /// ECMAScript module.
        Esm = 0,
        /// CommonJS.
        CommonJs = 1,
        /// JSON: the default export is the value.
        Json = 2,
        /// Text: the default export is the string.
        Text = 3,
        /// Bytes: the default export is an `ArrayBuffer`.
        Bytes = 4,
        /// A script at global level, only as the entry: its value is that of its last expression.
        Script = 5,
    }
}

codes! {
    /// How an operation ended: the first field of a [`EventKind::Done`].
    Completion: u32 {
        /// It failed. Fields: [`Failure`] `u32`, message `str`.
        Failed = 0,
        /// A fetch has its response head. Fields: status `u32`, status text `str`, URL `str`, redirected
        /// `u32`, headers `str`, body `u32` (1: to be read from the stream of this operation's number).
        Head = 1,
        /// A piece of a body. Fields: `bytes`.
        Chunk = 2,
        /// The body has ended.
        End = 3,
        /// A piece of a body was taken over; more may be written.
        Written = 4,
    }
}

codes! {
    /// Why an operation failed.
    Failure: u32 {
        /// The policy has no rule that allows it.
        Denied = 1,
        /// A limit of the invocation is used up.
        Limit = 2,
        /// The other side could not be reached, or broke off.
        Network = 3,
        /// It took longer than the limit for one operation.
        Timeout = 4,
        /// The request itself makes no sense.
        Invalid = 5,
        /// It was cancelled by the guest.
        Aborted = 6,
    }
}

codes! {
    /// What the guest asks of the host. An encoded effect is the header (kind, op) and its fields.
    EffectKind: u32 {
        /// Start an HTTP request; `op` numbers it. Fields: method `str`, URL `str`, headers `str`, redirect
        /// `u32` ([`Redirect`]), body: `null` none, `bytes` whole, `u32` 1 to be written to stream `op`.
        Fetch = 1,
        /// Read a piece of a body; `op` numbers the read. Fields: stream `u32` (0: the request's body).
        Read = 2,
        /// Write a piece of a body; `op` numbers the write. Fields: stream `u32` (0: the response's body),
        /// `bytes`.
        Write = 3,
        /// The body of stream `op` is complete. Fields: error message `str` or `null`.
        Close = 4,
        /// Nobody waits for operation `op` any more; of a fetch, its body is dropped too. No completion follows.
        Abort = 5,
        /// Send [`EventKind::Wake`] at this time. Fields: monotonic microseconds `f64`, or `null` for never.
        WakeAt = 6,
        /// A line for the log. Fields: [`Stream`] `u32`, text `str`.
        Log = 7,
        /// The response. Fields: status `u32`, headers `str`, body: `null` none, `bytes` or `str` whole,
        /// `u32` 1 to be written to stream 0.
        Respond = 8,
        /// The program is evaluated. Fields: handlers `u32`, a set of [`Handler`] bits.
        Loaded = 9,
        /// The invocation is over: nothing more will come. Fields: exit code `u32`, value `str` (JSON) or `null`.
        Finish = 10,
        /// The program threw and did not catch, or rejected. Fields: name `str`, message `str`, report `str`
        /// (message, stack and causes as people read them).
        Threw = 11,
    }
}

codes! {
    /// The forms of handler that a loaded program has, as bits.
    Handler: u32 {
        /// `export default { fetch }`, `export default function`, or a `fetch` listener.
        Fetch = 1,
        /// `export default { scheduled }`, or a `scheduled` listener.
        Scheduled = 2,
    }
}

codes! {
    /// What to do with a redirect.
    Redirect: u32 {
        /// Follow it, each hop under the policy.
        Follow = 0,
        /// Fail.
        Error = 1,
        /// Hand out the redirect itself.
        Manual = 2,
    }
}

codes! {
    /// Where a log line comes from.
    Stream: u32 {
        /// `console.debug`, `console.trace`
        Debug = 0,
        /// `console.log`, `console.info`
        Info = 1,
        /// `console.warn`
        Warn = 2,
        /// `console.error`
        Error = 3,
        /// `process.stdout.write`: text as it is, no line end added
        Stdout = 4,
        /// `process.stderr.write`
        Stderr = 5,
    }
}

codes! {
    /// Pure functions of the host. Each is charged to the function's fuel by the size of its input.
    Pure: u32 {
        /// Parse a URL. Fields: input `str`, base `str` or `null`. Answer: nothing when it does not parse, else
        /// href `str` and the offsets `u32` of: protocol end, username end, host start, host end, port (or
        /// 0xffffffff), pathname start, search start (or 0xffffffff), hash start (or 0xffffffff).
        UrlParse = 1,
        /// Set a part of a URL. Fields: href `str`, part `u32` ([`UrlPart`]), value `str`. Answer as above.
        UrlSet = 2,
        /// Digest. Fields: algorithm `str` (`MD5`, `RIPEMD-160`, `SHA-1`, `SHA-224`, `SHA-256`, `SHA-384`, `SHA-512`,
        /// `SHA-512/224`, `SHA-512/256`, `SHA3-224`, `SHA3-256`, `SHA3-384`, `SHA3-512`, `BLAKE2B-512`, `BLAKE2S-256`,
        /// `SHAKE128`, `SHAKE256`, `CSHAKE128`, `CSHAKE256`), `bytes`, for the last four the length `u32` (up to 16 MiB), and for
        /// the last two a function's name `bytes` and a customization `bytes`. Answer: `bytes`.
        Digest = 3,
        /// A piece of what is digested. Fields: algorithm `str` (not BLAKE2, not SHAKE), state `bytes` (empty at the start), `bytes`.
        /// Answer: state `bytes`.
        DigestUpdate = 4,
        /// The last piece. Fields as of `DigestUpdate`. Answer: the digest `bytes`.
        DigestFinish = 5,
        /// HMAC. Fields: algorithm `str` (not SHAKE), key `bytes`, `bytes`. Answer: `bytes`.
        Hmac = 6,
        /// Iterations of PBKDF2, for one block of the key. Fields: digest `str`, password `bytes`, salt with the block's
        /// number `bytes`, iterations `u32` (1 to 4096), code and sum of the call before `bytes` (empty at the start). Answer:
        /// code `bytes`, sum `bytes`.
        Pbkdf2 = 7,
        /// HKDF. Fields: digest `str` (not SHA-3), key `bytes`, salt `bytes`, info `bytes`, length `u32`. Answer: `bytes`, or
        /// nothing when the key would be longer than the standard allows.
        Hkdf = 8,
        /// scrypt. Fields: password `bytes`, salt `bytes`, log2 of N `u32`, r `u32`, p `u32`, length `u32` (up to 1 MiB).
        /// Answer: `bytes`, or nothing when the parameters make no sense. Its memory counts as the invocation's.
        Scrypt = 9,
        /// A cipher. Fields: mode `u32` ([`CipherMode`]), key `bytes`, initial value `bytes`, `bytes`, and for ChaCha20 the
        /// place in the stream `u32` (bytes). Answer: `bytes`, or nothing when a wrapped key is not what was wrapped.
        Cipher = 10,
        /// GHASH, of GCM. Fields: key `bytes` (16), state `bytes` (16), `bytes`. Answer: state `bytes`.
        Ghash = 11,
        /// Poly1305. Fields: key `bytes` (32), `bytes`. Answer: tag `bytes` (16).
        Poly1305 = 12,
        /// Public key of a curve. Fields: curve `str` (`P-256`, `P-384`, `P-521`, `secp256k1`, `Ed25519`, `X25519`,
        /// `Ed448`, `X448`), secret key `bytes`. Answer: `bytes` (SEC 1, uncompressed; or 32, 57, 56 bytes), or nothing when it is no secret key.
        CurvePublic = 13,
        /// A point in another form. Fields: curve `str` (of the first four), point `bytes`, compressed `u32`. Answer: `bytes`, or
        /// nothing when it is no point of the curve.
        CurvePoint = 14,
        /// Sign. Fields: curve `str`, secret key `bytes`, digest `bytes` (Ed25519, Ed448: message), and for Ed448
        /// a context `bytes` (up to 255). Answer: r and s `bytes`, or nothing.
        CurveSign = 15,
        /// Verify. Fields: curve `str`, public key `bytes`, digest `bytes` (Ed25519, Ed448: message), signature `bytes`,
        /// and for Ed448 a context `bytes`. Answer: `u32` 1 or 0, or nothing when the key is no point.
        CurveVerify = 16,
        /// Agree. Fields: curve `str`, secret key `bytes`, the other's public key `bytes`. Answer: `bytes`, or nothing when there
        /// is no shared secret.
        CurveAgree = 17,
        /// Power modulo an odd number. Fields: base `bytes`, exponent `bytes`, modulus `bytes`, big-endian, up to 2048 bytes
        /// each. Answer: `bytes` as long as the modulus.
        Power = 18,
        /// Search for a prime. Fields: start `bytes`, candidates to test `u32` (1 to 8), `u32` 1 if half of the prime, rounded
        /// down, is to be one as well. Answer: `u32` 1 and the prime `bytes`, or 0
        /// and the number to go on at `bytes`; nothing when there is none with as many bits.
        Prime = 19,
        /// Is it a prime? Fields: `bytes`. Answer: `u32` 1 or 0.
        IsPrime = 20,
        /// Name of an encoding. Fields: label `str`. Answer: `str`, lower case, or nothing.
        EncodingName = 21,
        /// Decode text. Fields: encoding `str`, fatal `u32`, last piece `u32`, state `bytes` (empty at the start), `bytes`. Answer:
        /// text `str`, state `bytes`; nothing when fatal and malformed.
        Decode = 22,
        /// Locale data. Fields: keys `str` (`de-AT/currencies/EUR`). Answer: the JSON `str` of the first that there is, or
        /// nothing.
        IntlData = 40,
        /// A language tag. Fields: what to do `u32` ([`TagWork`]), tag `str`. Answer: `str`, or nothing when it is none.
        LanguageTag = 41,
        /// A name of IANA's time zone database in any case. Fields: name `str`. Answer: `str` as the database writes it, or nothing.
        TimeZoneName = 42,
        /// A time zone around an instant. Fields: name `str`, seconds since the epoch, rounded down, `f64`. Answer: seconds
        /// ahead of UTC `f64`, whether this is summer time `u32`, and the seconds between which both hold: from `f64`
        /// (or `null`), until `f64` (or `null`); nothing when there is no such zone.
        TimeZoneAt = 43,
        /// Compare by a locale's order. Fields: locale `str`, strength `u32` (0 base, 1 accent, 2 case, 3 variant), flags
        /// `u32` (1 numeric, 2 ignore punctuation, 4 upper case first, 8 lower case first), a `str`, b `str`. Answer: `u32`, 0
        /// when a comes first, 1 when neither does, 2 when b does.
        Collate = 44,
        /// Boundaries in a text. Fields: locale `str`, of what `u32` (0 characters as readers see them, 1 words, 2 sentences), text
        /// `str`. Answer: UTF-16 offsets of the ends, `bytes` (each a little-endian `u32`), and for words `bytes`, 1 for
        /// each end of something like a word, else 0.
        Segment = 45,
        /// Case of a language. Fields: locale `str`, upper `u32` (else lower), text `str`. Answer: `str`.
        LocaleCase = 46,
    }
}

codes! {
    /// What [`Pure::Cipher`] does. Blocks are whole; padding is the caller's.
    CipherMode: u32 {
        /// AES, each block by itself
        EcbEncrypt = 0,
        /// AES, each block by itself
        EcbDecrypt = 1,
        /// AES, chained; the initial value is the block before
        CbcEncrypt = 2,
        /// AES, chained; the initial value is the block before
        CbcDecrypt = 3,
        /// AES as a stream; the initial value is a counter of 128 bits, big-endian
        Ctr = 4,
        /// RFC 3394 with its default initial value
        KeyWrap = 5,
        /// RFC 3394 with its default initial value
        KeyUnwrap = 6,
        /// RFC 8439; the initial value is the nonce of 12 bytes
        ChaCha20 = 7,
        /// DES thrice with three keys (24 bytes), chained; blocks have 8 bytes
        TripleDesCbcEncrypt = 8,
        /// DES thrice with three keys (24 bytes), chained; blocks have 8 bytes
        TripleDesCbcDecrypt = 9,
    }
}

codes! {
    /// What [`Pure::LanguageTag`] does.
    TagWork: u32 {
        /// Its canonical form
        Canonicalize = 0,
        /// With its likely script and region
        Maximize = 1,
        /// Without what follows from the rest
        Minimize = 2,
    }
}

codes! {
    /// The setters of a URL.
    UrlPart: u32 {
        /// `href`
        Href = 0,
        /// `protocol`
        Protocol = 1,
        /// `username`
        Username = 2,
        /// `password`
        Password = 3,
        /// `host`
        Host = 4,
        /// `hostname`
        Hostname = 5,
        /// `port`
        Port = 6,
        /// `pathname`
        Pathname = 7,
        /// `search`
        Search = 8,
        /// `hash`
        Hash = 9,
    }
}

codes! {
    /// Why a call into the host was refused, as the negative answer of the call.
    Refusal: i32 {
        /// Not possible while a function image is made: no I/O then.
        Frozen = -1,
        /// The limit `operations_pending` is reached.
        TooManyOperations = -2,
        /// The limit `timers` is reached.
        TooManyTimers = -3,
        /// What was handed over does not have the form this page demands.
        Malformed = -4,
        /// There is already a response, or a body is closed.
        State = -5,
    }
}
