//! What pure functions cost, from their fields alone: the fuel of the worst input of that size, a nanosecond of the host
//! being eight units.
//!
//! The figures are above what `cargo xtask bench pure` measures in an optimised build (`benches/results/pure.md`): twice and
//! more for what processors have instructions for (AES, SHA-1, SHA-256), since not all have them, and a half more otherwise.
//! All of the price is charged before the work: a call that the fuel left cannot pay is not begun.

use holm_host_api::codes::{CipherMode, Pure};
use holm_host_api::fields::{Malformed, Reader};

use super::{bignum, hash, kdf};

/// What a call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Units of fuel.
    pub fuel: u64,
    /// Memory that the call holds beside input and answer, bytes.
    pub memory_bytes: u64,
}

/// A step of PBKDF2: two blocks of the digest. What is not named costs as much as the slowest, SHA-3.
const ITERATION: u64 = 16_000;
const ITERATIONS: [(&str, u64); 9] = [
    ("MD5", 3_200),
    ("RIPEMD-160", 5_600),
    ("SHA-1", 5_600),
    ("SHA-224", 6_400),
    ("SHA-256", 6_400),
    ("SHA-384", 7_200),
    ("SHA-512", 7_200),
    ("BLAKE2B-512", 8_000),
    ("BLAKE2S-256", 6_400),
];
/// A block of 64 bytes that scrypt mixes, and its share of filling the memory: most of it is waiting for memory.
const MIX: u64 = 1_000;
/// A scalar multiplication of each curve, the slowest being that of P-521, with the square root of a compressed point.
const CURVE: [(&str, u64); 8] = [
    ("P-256", 4_000_000),
    ("P-384", 12_000_000),
    ("P-521", 16_000_000),
    ("secp256k1", 2_000_000),
    ("Ed25519", 1_000_000),
    ("X25519", 1_000_000),
    ("Ed448", 24_000_000),
    ("X448", 8_000_000),
];
/// A multiplication of two words of large numbers.
const WORDS: u64 = 18;

/// More than any invocation has; sums of it do not overflow.
const FUEL_MAX: u64 = 1 << 60;

/// The price of a call with these fields.
///
/// # Errors
/// When what the price depends on is not in its place.
pub fn price(function: Pure, mut fields: Reader<'_>, len: u32) -> Result<Price, Malformed> {
    let len = u64::from(len);
    let mut memory_bytes = 0;
    let fuel = match function {
        // A label of a host name in another script costs 110 ns a byte.
        Pure::UrlParse | Pure::UrlSet => 4_000 + 880 * len,
        Pure::Digest => {
            memory_bytes = hash::extended_bytes(&mut fields)?;
            8_000 + 48 * (len + memory_bytes)
        }
        Pure::DigestUpdate | Pure::DigestFinish | Pure::Hmac => 8_000 + 48 * len,
        Pure::Pbkdf2 => {
            let (digest, _, _) = (fields.str()?, fields.bytes()?, fields.bytes()?);
            20_000 + 48 * len + iteration(digest) * u64::from(fields.u32()?)
        }
        Pure::Hkdf => {
            let (digest, _, _, info) = (fields.str()?, fields.bytes()?, fields.bytes()?, fields.bytes()?);
            // Each block of the key hashes the info again. No digest is shorter than 16 bytes.
            let blocks = u64::from(fields.u32()?).min(kdf::HKDF_BYTES_MAX as u64) / 16 + 2;
            40_000 + 48 * len + blocks * (iteration(digest) + 48 * info.len() as u64)
        }
        Pure::Scrypt => {
            let (_, _) = (fields.bytes()?, fields.bytes()?);
            let cost = kdf::ScryptCost::read(&mut fields)?;
            memory_bytes = cost.memory_bytes();
            // PBKDF2 makes what is mixed, 128 bytes for each r and p, and what comes out, 32 bytes an iteration.
            let lanes = u64::from(cost.r).saturating_mul(u64::from(cost.p));
            let blocks = lanes
                .saturating_mul(4)
                .saturating_add(u64::from(cost.length) / 32 + 2);
            (50_000 + 48 * len)
                .saturating_add(MIX.saturating_mul(cost.mixes()))
                .saturating_add(ITERATION.saturating_mul(blocks))
        }
        // Tables of a key, then blocks; without instructions for AES a byte costs 20 ns.
        Pure::Cipher => match CipherMode::from_code(fields.u32()?) {
            Some(CipherMode::TripleDesCbcEncrypt | CipherMode::TripleDesCbcDecrypt) => 60_000 + 1_000 * len,
            // Six times over all of it.
            Some(CipherMode::KeyWrap | CipherMode::KeyUnwrap) => 20_000 + 960 * len,
            _ => 20_000 + 160 * len,
        },
        Pure::Ghash | Pure::Poly1305 => 16_000 + 40 * len,
        Pure::CurvePublic | Pure::CurvePoint | Pure::CurveSign | Pure::CurveVerify | Pure::CurveAgree => {
            let curve = fields.str()?;
            let known = CURVE
                .iter()
                .find(|(name, _)| *name == curve)
                .ok_or(Malformed::Type)?;
            known.1 + 48 * len
        }
        Pure::Power => {
            let (base, exponent, modulus) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
            power(exponent.len(), modulus.len().max(base.len()))
        }
        Pure::Prime => {
            let start = fields.bytes()?;
            let tests = fields.u32()?.min(bignum::TESTS_MAX);
            // Of a safe prime, what passes has its half tested as well: a few of the eight.
            let tests = if fields.u32()? == 1 { tests + 6 } else { tests };
            // Residues of 2048 small primes, sieving, then a power for each candidate. What passes that is hardly ever no
            // prime, so that Lucas, which costs two or three powers, comes once; twice is charged.
            2_000_000 + 4_000 * start.len() as u64 + (u64::from(tests) + 6) * power(start.len(), start.len())
        }
        Pure::IsPrime => {
            let candidate = fields.bytes()?;
            2_000_000 + 4_000 * candidate.len() as u64 + 3 * power(candidate.len(), candidate.len())
        }
        Pure::EncodingName => 4_000 + 40 * len,
        // A piece that ends within a character is decoded again, up to eight times.
        Pure::Decode => 8_000 + 400 * len,
        // Looking for a key takes 16 steps through a megabyte; the longest value has 10 KB.
        Pure::IntlData => {
            let mut keys = 1;
            while !fields.is_empty() {
                fields.str()?;
                keys += 1;
            }
            32_000 * keys + 40 * len
        }
        Pure::LanguageTag => 24_000 + 800 * len,
        Pure::TimeZoneName | Pure::TimeZoneAt => 24_000 + 40 * len,
        // Finding a locale's order, then text in no normal form.
        Pure::Collate => 32_000 + 800 * len,
        // Words of languages without spaces are looked for in a dictionary; ends take twelve bytes for each byte of text.
        Pure::Segment => {
            memory_bytes = 12 * len;
            16_000 + 1_600 * len
        }
        Pure::LocaleCase => 16_000 + 400 * len,
    };
    Ok(Price {
        fuel: fuel.min(FUEL_MAX),
        memory_bytes,
    })
}

fn iteration(digest: &str) -> u64 {
    let known = ITERATIONS.iter().find(|(name, _)| *name == digest);
    known.map_or(ITERATION, |(_, fuel)| *fuel)
}

/// Squarings for each bit of the exponent, and a multiplication for each four of them.
fn power(exponent: usize, modulus: usize) -> u64 {
    let words = modulus as u64 / 8 + 2;
    let bits = 8 * exponent as u64 + 64;
    (bits * 5 / 4)
        .saturating_mul(words * words * 2 * WORDS / 2 + 60 * words)
        .saturating_add(100_000)
}
