//! What pure functions cost, from their fields alone: the fuel of the worst input of that size, a nanosecond of the host
//! being eight units.

use holm_host_api::codes::Pure;
use holm_host_api::fields::{Malformed, Reader};

use super::{bignum, kdf};

/// What a call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Units of fuel.
    pub fuel: u64,
    /// Memory that the call holds beside input and answer, bytes.
    pub memory_bytes: u64,
}

/// A step of PBKDF2: two blocks of the slowest digest.
const ITERATION: u64 = 16_000;
/// A block of 64 bytes that scrypt mixes, and its share of filling the memory.
const MIX: u64 = 1_600;
/// A scalar multiplication of each curve, the slowest being that of P-521, with the square root of a compressed point.
const CURVE: [(&str, u64); 6] = [
    ("P-256", 3_000_000),
    ("P-384", 8_000_000),
    ("P-521", 16_000_000),
    ("secp256k1", 2_000_000),
    ("Ed25519", 1_000_000),
    ("X25519", 1_000_000),
];
/// A multiplication of two words of large numbers.
const WORDS: u64 = 12;

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
        Pure::Digest | Pure::DigestUpdate | Pure::DigestFinish | Pure::Hmac => 8_000 + 48 * len,
        Pure::Pbkdf2 => {
            let (_, _, _) = (fields.str()?, fields.bytes()?, fields.bytes()?);
            20_000 + 48 * len + ITERATION * u64::from(fields.u32()?)
        }
        Pure::Hkdf => 40_000 + 48 * len + 255 * ITERATION,
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
        Pure::Cipher => 20_000 + 160 * len,
        Pure::Ghash | Pure::Poly1305 => 8_000 + 40 * len,
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
            // Residues of 2048 small primes, sieving, then the candidates; Lucas costs twice a power.
            2_000_000 + 4_000 * start.len() as u64 + u64::from(tests) * 3 * power(start.len(), start.len())
        }
        Pure::IsPrime => {
            let candidate = fields.bytes()?;
            2_000_000 + 4_000 * candidate.len() as u64 + 3 * power(candidate.len(), candidate.len())
        }
        Pure::EncodingName => 4_000 + 40 * len,
        // A piece that ends within a character is decoded again, up to eight times.
        Pure::Decode => 8_000 + 400 * len,
        // Looking for a key takes 16 steps; the longest value has 10 KB.
        Pure::IntlData => 12_000 + 40 * len,
        Pure::LanguageTag => 24_000 + 800 * len,
        Pure::TimeZoneName | Pure::TimeZoneAt => 24_000 + 40 * len,
        // Finding a locale's order, then text in no normal form.
        Pure::Collate => 24_000 + 400 * len,
        // Words of languages without spaces are looked for in a dictionary; ends take twelve bytes for each byte of text.
        Pure::Segment => {
            memory_bytes = 12 * len;
            16_000 + 1_600 * len
        }
        Pure::LocaleCase => 12_000 + 160 * len,
    };
    Ok(Price {
        fuel: fuel.min(FUEL_MAX),
        memory_bytes,
    })
}

/// Squarings for each bit of the exponent, and a multiplication for each four of them.
fn power(exponent: usize, modulus: usize) -> u64 {
    let words = modulus as u64 / 8 + 2;
    let bits = 8 * exponent as u64 + 64;
    (bits * 5 / 4)
        .saturating_mul(words * words * 2 * WORDS / 2 + 60 * words)
        .saturating_add(100_000)
}
