//! What pure functions of the host cost next to what they are charged. Prints Markdown for `cargo xtask bench pure`.
//!
//! Each function is timed at a small and a large input: what a call costs by itself, and what a unit more does. The price
//! must not be below the measure on a machine like those that the fuel's rate stands for.

#![allow(clippy::print_stdout, reason = "a command for the terminal")]

use std::time::Duration;

use anyhow::{Context, Result};
use holm_benches::figures::timed;
use holm_host_api::codes::{CipherMode, Pure};
use holm_host_api::fields::{Reader, Writer};
use holm_wasm::pure;

/// Fuel of a nanosecond of the host.
const FUEL_PER_NS: f64 = 8.0;
/// A figure is the best of so many runs: what disturbs only adds.
const RUNS: usize = 12;

/// Makes the fields of a call of so many units.
type Fields = fn(&mut Writer, usize);

struct Case {
    name: &'static str,
    function: Pure,
    /// What the sizes count.
    unit: &'static str,
    sizes: [usize; 2],
    fields: Fields,
}

const fn case(
    name: &'static str,
    function: Pure,
    unit: &'static str,
    sizes: [usize; 2],
    fields: Fields,
) -> Case {
    Case {
        name,
        function,
        unit,
        sizes,
        fields,
    }
}

/// Bytes that are neither all the same nor a number that is easy.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(next).collect()
}

/// An odd number with so many whole bytes.
fn odd(length: usize) -> Vec<u8> {
    let mut number = noise(length);
    if let [first, .., last] = &mut number[..] {
        *first |= 0xc0;
        *last |= 1;
    }
    number
}

macro_rules! digest {
    ($name:literal) => {
        case(
            concat!("digest ", $name),
            Pure::Digest,
            "byte",
            [64, 1 << 18],
            |into, size| {
                into.str($name).bytes(&noise(size));
            },
        )
    };
}

macro_rules! iterated {
    ($name:literal) => {
        case(
            concat!("PBKDF2 ", $name),
            Pure::Pbkdf2,
            "iteration",
            [1, 4096],
            |into, size| {
                let iterations = u32::try_from(size).unwrap_or(1);
                into.str($name)
                    .bytes(b"a password")
                    .bytes(b"a salt and a block")
                    .u32(iterations)
                    .bytes(b"");
            },
        )
    };
}

macro_rules! cipher {
    ($name:literal, $mode:ident, $key:literal, $initial:literal) => {
        case($name, Pure::Cipher, "byte", [64, 1 << 18], |into, size| {
            into.u32(CipherMode::$mode.code())
                .bytes(&noise($key))
                .bytes(&noise($initial))
                .bytes(&noise(size))
                .u32(0);
        })
    };
}

macro_rules! curve {
    ($name:literal, $bytes:literal) => {
        case(
            concat!("public key ", $name),
            Pure::CurvePublic,
            "call",
            [0, 1],
            |into, _| {
                into.str($name).bytes(&secret($bytes));
            },
        )
    };
}

/// Below the order of every curve of that length.
fn secret(length: usize) -> Vec<u8> {
    let mut secret = noise(length);
    secret[0] = 0;
    secret
}

macro_rules! signed {
    ($name:literal, $bytes:literal) => {
        case(
            concat!("verify ", $name),
            Pure::CurveVerify,
            "call",
            [0, 1],
            |into, _| {
                let call = |function, more: &[&[u8]]| {
                    let mut fields = Writer::new();
                    fields.str($name).bytes(&secret($bytes));
                    for field in more {
                        fields.bytes(field);
                    }
                    let answer = pure::call(function, &mut Reader::new(&fields.finish())).unwrap_or_default();
                    Reader::new(&answer).bytes().unwrap_or_default().to_vec()
                };
                let (public, signature) = (
                    call(Pure::CurvePublic, &[]),
                    call(Pure::CurveSign, &[&[7; 32], b""]),
                );
                into.str($name)
                    .bytes(&public)
                    .bytes(&[7; 32])
                    .bytes(&signature)
                    .bytes(b"");
            },
        )
    };
}

const CASES: &[Case] = &[
    case("URL", Pure::UrlParse, "byte", [20, 1 << 14], |into, size| {
        into.str(&format!("https://example.org/{}", "a b/".repeat(size / 4)))
            .null();
    }),
    case(
        "URL, a host of labels",
        Pure::UrlParse,
        "byte",
        [20, 1 << 14],
        |into, size| {
            into.str(&format!("https://{}.org/", "bücher.".repeat(size / 8)))
                .null();
        },
    ),
    digest!("MD5"),
    digest!("RIPEMD-160"),
    digest!("SHA-1"),
    digest!("SHA-256"),
    digest!("SHA-512"),
    digest!("SHA3-256"),
    digest!("SHA3-512"),
    digest!("BLAKE2B-512"),
    digest!("BLAKE2S-256"),
    case(
        "digest SHAKE128, out",
        Pure::Digest,
        "byte",
        [64, 1 << 18],
        |into, size| {
            into.str("SHAKE128")
                .bytes(b"")
                .u32(u32::try_from(size).unwrap_or(0));
        },
    ),
    case(
        "digest SHAKE256, out",
        Pure::Digest,
        "byte",
        [64, 1 << 18],
        |into, size| {
            into.str("SHAKE256")
                .bytes(b"")
                .u32(u32::try_from(size).unwrap_or(0));
        },
    ),
    case("HMAC SHA-512", Pure::Hmac, "byte", [64, 1 << 18], |into, size| {
        into.str("SHA-512").bytes(b"a key").bytes(&noise(size));
    }),
    iterated!("MD5"),
    iterated!("RIPEMD-160"),
    iterated!("SHA-1"),
    iterated!("SHA-256"),
    iterated!("SHA-512"),
    iterated!("SHA3-256"),
    iterated!("SHA3-512"),
    iterated!("BLAKE2B-512"),
    iterated!("BLAKE2S-256"),
    case(
        "HKDF SHA3-512",
        Pure::Hkdf,
        "byte",
        [64, 255 * 64],
        |into, size| {
            into.str("SHA3-512")
                .bytes(b"a key")
                .bytes(b"a salt")
                .bytes(b"")
                .u32(u32::try_from(size).unwrap_or(0));
        },
    ),
    case(
        "scrypt",
        Pure::Scrypt,
        "block mixed",
        [1 << 11, 1 << 19],
        |into, size| {
            // 4 blocks for each N and r.
            into.bytes(b"a password")
                .bytes(b"a salt")
                .u32((size / 32).ilog2())
                .u32(8)
                .u32(1)
                .u32(64);
        },
    ),
    cipher!("AES-128-CBC", CbcEncrypt, 16, 16),
    cipher!("AES-256-CBC", CbcEncrypt, 32, 16),
    cipher!("AES-256-CBC, back", CbcDecrypt, 32, 16),
    cipher!("AES-256-CTR", Ctr, 32, 16),
    cipher!("AES-256-ECB", EcbEncrypt, 32, 0),
    cipher!("AES-256-KW", KeyWrap, 32, 0),
    cipher!("ChaCha20", ChaCha20, 32, 12),
    cipher!("triple DES", TripleDesCbcEncrypt, 24, 8),
    case("GHASH", Pure::Ghash, "byte", [64, 1 << 18], |into, size| {
        into.bytes(&noise(16)).bytes(&noise(16)).bytes(&noise(size));
    }),
    case("Poly1305", Pure::Poly1305, "byte", [64, 1 << 18], |into, size| {
        into.bytes(&noise(32)).bytes(&noise(size));
    }),
    curve!("P-256", 32),
    curve!("P-384", 48),
    curve!("P-521", 66),
    curve!("secp256k1", 32),
    curve!("Ed25519", 32),
    curve!("X25519", 32),
    curve!("Ed448", 57),
    curve!("X448", 56),
    signed!("P-256", 32),
    signed!("P-384", 48),
    signed!("P-521", 66),
    signed!("secp256k1", 32),
    signed!("Ed25519", 32),
    signed!("Ed448", 57),
    case("power 512 bits", Pure::Power, "call", [0, 1], |into, _| {
        power(into, 64, 64);
    }),
    case("power 1024 bits", Pure::Power, "call", [0, 1], |into, _| {
        power(into, 128, 128);
    }),
    case("power 2048 bits", Pure::Power, "call", [0, 1], |into, _| {
        power(into, 256, 256);
    }),
    case("power 4096 bits", Pure::Power, "call", [0, 1], |into, _| {
        power(into, 512, 512);
    }),
    case(
        "power 4096 bits by 65537",
        Pure::Power,
        "call",
        [0, 1],
        |into, _| power(into, 3, 512),
    ),
    case(
        "power 16384 bits by 65537",
        Pure::Power,
        "call",
        [0, 1],
        |into, _| power(into, 3, 2048),
    ),
    case("primes from 512 bits", Pure::Prime, "call", [0, 1], |into, _| {
        into.bytes(&odd(64)).u32(8).u32(0);
    }),
    case("primes from 1024 bits", Pure::Prime, "call", [0, 1], |into, _| {
        into.bytes(&odd(128)).u32(8).u32(0);
    }),
    case(
        "safe primes from 1024 bits",
        Pure::Prime,
        "call",
        [0, 1],
        |into, _| {
            into.bytes(&odd(128)).u32(8).u32(1);
        },
    ),
    case("primes from 2048 bits", Pure::Prime, "call", [0, 1], |into, _| {
        into.bytes(&odd(256)).u32(8).u32(0);
    }),
    // 2^521 - 1 and 2^1279 - 1 are primes: no test ends early.
    case("is prime, 521 bits", Pure::IsPrime, "call", [0, 1], |into, _| {
        mersenne(into, 521);
    }),
    case("is prime, 1279 bits", Pure::IsPrime, "call", [0, 1], |into, _| {
        mersenne(into, 1279);
    }),
    case("is prime, 2203 bits", Pure::IsPrime, "call", [0, 1], |into, _| {
        mersenne(into, 2203);
    }),
    case(
        "name of an encoding",
        Pure::EncodingName,
        "byte",
        [4, 4096],
        |into, size| {
            into.str(&"x".repeat(size));
        },
    ),
    case(
        "decode gb18030",
        Pure::Decode,
        "byte",
        [64, 1 << 18],
        |into, size| {
            into.str("gb18030").u32(0).u32(1).bytes(b"").bytes(&noise(size));
        },
    ),
    case(
        "decode utf-16le",
        Pure::Decode,
        "byte",
        [64, 1 << 18],
        |into, size| {
            into.str("utf-16le").u32(0).u32(1).bytes(b"").bytes(&noise(size));
        },
    ),
    // A key that is not there is looked for to the end.
    case(
        "locale data, keys",
        Pure::IntlData,
        "key",
        [1, 4096],
        |into, size| {
            for number in 0..size {
                into.str(&char::from(b'a' + (number % 26) as u8).to_string());
            }
        },
    ),
    case(
        "locale data, one value",
        Pure::IntlData,
        "call",
        [0, 1],
        |into, _| {
            into.str("ja/dates");
        },
    ),
    case("tag", Pure::LanguageTag, "call", [0, 1], |into, _| {
        into.u32(0).str("sl-rozaj-biske-1994-u-ca-gregory-nu-latn-x-own");
    }),
    case("tag, maximized", Pure::LanguageTag, "call", [0, 1], |into, _| {
        into.u32(1).str("zh");
    }),
    case(
        "tag of attributes",
        Pure::LanguageTag,
        "byte",
        [16, 1000],
        |into, size| {
            into.u32(0).str(&tag("en-u", size));
        },
    ),
    case(
        "tag of variants",
        Pure::LanguageTag,
        "byte",
        [16, 1000],
        |into, size| {
            into.u32(0).str(&tag("en", size));
        },
    ),
    case(
        "tag of private parts",
        Pure::LanguageTag,
        "byte",
        [16, 1000],
        |into, size| {
            into.u32(0).str(&tag("en-x", size));
        },
    ),
    case(
        "tag of fields",
        Pure::LanguageTag,
        "byte",
        [16, 1000],
        |into, size| {
            into.u32(0).str(&tag("en-t-de-h0", size));
        },
    ),
    case(
        "name of a time zone",
        Pure::TimeZoneName,
        "byte",
        [16, 1 << 17],
        |into, size| {
            into.str(&"America/Argentina/".repeat(size / 18 + 1));
        },
    ),
    case("time zone now", Pure::TimeZoneAt, "call", [0, 1], |into, _| {
        into.str("Europe/Vienna").f64(1_750_000_000.0);
    }),
    case(
        "time zone in 1900",
        Pure::TimeZoneAt,
        "call",
        [0, 1],
        |into, _| {
            into.str("Africa/Casablanca").f64(-2_200_000_000.0);
        },
    ),
    case(
        "time zone in the year 200000",
        Pure::TimeZoneAt,
        "call",
        [0, 1],
        |into, _| {
            into.str("America/New_York").f64(6.0e12);
        },
    ),
    case(
        "compare, Latin",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "de", 0, &"Stra\u{df}e ".repeat(size / 16));
        },
    ),
    case(
        "compare, numbers",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "de", 1, &"1234567 ".repeat(size / 16));
        },
    ),
    case(
        "compare, Hangul",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "ko", 0, &"\u{ac01}".repeat(size / 6));
        },
    ),
    case(
        "compare, marks out of order",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(
                into,
                "en",
                0,
                &format!("a{}", "\u{0323}\u{0301}\u{0327}\u{0345}".repeat(size / 16)),
            );
        },
    ),
    case(
        "compare, one number",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "de", 1, &"1".repeat(size / 2));
        },
    ),
    case(
        "compare, vowels before consonants",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "th", 0, &"\u{e40}".repeat(size / 6));
        },
    ),
    case(
        "compare, contractions",
        Pure::Collate,
        "byte",
        [16, 1 << 18],
        |into, size| {
            compared(into, "my", 0, &"\u{1000}\u{1039}\u{1001}".repeat(size / 18));
        },
    ),
    case(
        "words, marks after a colon",
        Pure::Segment,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("en")
                .u32(1)
                .str(&format!("a:{}", "\u{301}".repeat(size / 2)));
        },
    ),
    case(
        "sentences, figures after a dot",
        Pure::Segment,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("en")
                .u32(2)
                .str(&format!("a. {}", "1 ".repeat(size / 2)));
        },
    ),
    case(
        "characters",
        Pure::Segment,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("en")
                .u32(0)
                .str(&"e\u{301}\u{1f468}\u{200d}\u{1f469} ".repeat(size / 15));
        },
    ),
    case("words", Pure::Segment, "byte", [16, 1 << 18], |into, size| {
        into.str("en").u32(1).str(&"a b, c\u{301}. ".repeat(size / 10));
    }),
    case(
        "words, Thai",
        Pure::Segment,
        "byte",
        [48, 1 << 18],
        |into, size| {
            into.str("th").u32(1).str(&"ภาษาไทยภาษาไทย".repeat(size / 42));
        },
    ),
    case(
        "words, Thai that is none",
        Pure::Segment,
        "byte",
        [48, 1 << 18],
        |into, size| {
            into.str("th").u32(1).str(&"ก".repeat(size / 3));
        },
    ),
    case(
        "words, Chinese",
        Pure::Segment,
        "byte",
        [48, 1 << 18],
        |into, size| {
            into.str("zh").u32(1).str(&"中华人民共和国".repeat(size / 21));
        },
    ),
    case("sentences", Pure::Segment, "byte", [16, 1 << 18], |into, size| {
        into.str("en").u32(2).str(&"A. b. C! ".repeat(size / 9));
    }),
    case(
        "sentences, dots",
        Pure::Segment,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("en").u32(2).str(&". ".repeat(size / 2));
        },
    ),
    case(
        "upper case",
        Pure::LocaleCase,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("el")
                .u32(1)
                .str(&"\u{3ac}\u{3b9} i\u{df}".repeat(size / 8));
        },
    ),
    case(
        "lower case, sigmas",
        Pure::LocaleCase,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("lt").u32(0).str(&"\u{3a3}".repeat(size / 2));
        },
    ),
    case(
        "lower case, marks",
        Pure::LocaleCase,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("lt")
                .u32(0)
                .str(&format!("I{}", "\u{323}".repeat(size / 2)));
        },
    ),
    case(
        "lower case, marks after sigma",
        Pure::LocaleCase,
        "byte",
        [16, 1 << 18],
        |into, size| {
            into.str("en")
                .u32(0)
                .str(&"\u{3a3}\u{301}\u{323}".repeat(size / 6));
        },
    ),
];

/// A tag with as many subtags as make that length, no two the same.
fn tag(start: &str, length: usize) -> String {
    let mut tag = start.to_owned();
    for number in (0..length / 9).rev() {
        tag.push_str(&format!("-a{number:07}"));
    }
    tag
}

/// Two texts that differ by an accent at their start, so that all of both has to be looked at.
fn compared(into: &mut Writer, locale: &str, flags: u32, text: &str) {
    into.str(locale)
        .u32(3)
        .u32(flags)
        .str(&format!("e{text}"))
        .str(&format!("\u{e9}{text}"));
}

fn power(into: &mut Writer, exponent: usize, modulus: usize) {
    let mut base = noise(modulus);
    base[0] = 1;
    into.bytes(&base).bytes(&odd(exponent)).bytes(&odd(modulus));
}

fn mersenne(into: &mut Writer, bits: usize) {
    let mut number = vec![0xff; bits.div_ceil(8)];
    number[0] >>= 8 * number.len() - bits;
    into.bytes(&number);
}

/// Nanoseconds of the call, and what it is charged in nanoseconds.
fn measure(case: &Case, size: usize) -> Result<(f64, f64)> {
    let mut fields = Writer::new();
    (case.fields)(&mut fields, size);
    let fields = fields.finish();
    let len = u32::try_from(fields.len())?;
    let price = pure::price(case.function, Reader::new(&fields), len)
        .ok()
        .with_context(|| format!("{} has no price", case.name))?;
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        // Calls of a few nanoseconds are timed many at once.
        let (first, _) = timed(|| pure::call(case.function, &mut Reader::new(&fields)));
        let times = (20_000 / first.as_nanos().max(20)).max(1);
        let (all, answer) = timed(|| {
            for _ in 1..times {
                std::hint::black_box(pure::call(case.function, &mut Reader::new(&fields)).is_ok());
            }
            pure::call(case.function, &mut Reader::new(&fields))
        });
        answer.ok().with_context(|| format!("{} is refused", case.name))?;
        best = best.min(all / u32::try_from(times)?);
    }
    Ok((best.as_nanos() as f64, price.fuel as f64 / FUEL_PER_NS))
}

fn main() -> Result<()> {
    let only = std::env::args().nth(1).unwrap_or_default();
    println!(
        "Nanoseconds of the host, measured and charged. Charged is to be the larger, by a factor that is no gift.\n"
    );
    println!(
        "| function | unit | a call | charged | factor | a unit | charged | factor |\n|---|---|---:|---:|---:|---:|---:|---:|"
    );
    for case in CASES.iter().filter(|case| case.name.contains(&only)) {
        let [small, large] = case.sizes;
        let (call, call_charged) = measure(case, small)?;
        let unit = if small == 0 {
            String::from("– | – | –")
        } else {
            let (all, charged) = measure(case, large)?;
            let units = (large - small) as f64;
            let (unit, charged) = ((all - call) / units, (charged - call_charged) / units);
            format!("{unit:.2} | {charged:.2} | {:.1}", charged / unit)
        };
        println!(
            "| {} | {} | {call:.0} | {call_charged:.0} | {:.1} | {unit} |",
            case.name,
            case.unit,
            call_charged / call
        );
    }
    Ok(())
}
