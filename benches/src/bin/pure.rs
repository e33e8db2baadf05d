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
];

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
    println!(
        "Nanoseconds of the host, measured and charged. Charged is to be the larger, by a factor that is no gift.\n"
    );
    println!(
        "| function | unit | a call | charged | factor | a unit | charged | factor |\n|---|---|---:|---:|---:|---:|---:|---:|"
    );
    for case in CASES {
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
