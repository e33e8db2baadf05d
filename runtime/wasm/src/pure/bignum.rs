//! Large numbers, for RSA and Diffie-Hellman: powers modulo an odd number, and the search for primes. All
//! numbers are big-endian bytes. Paddings and keys are the guest's affair.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd, Resize};
use crypto_primes::hazmat::{LucasCheck, MillerRabin, SelfridgeBase, SmallFactorsSieve, lucas_test};
use holm_host_api::fields::{Malformed, Reader, Writer};

/// The largest modulus, bytes: 16,384 bits, as in Node.
const BYTES_MAX: usize = 2048;
/// Candidates that one call of [`prime`] tests at most.
pub(super) const TESTS_MAX: u32 = 8;

fn number(bytes: &[u8], bits: u32) -> Result<BoxedUint, Malformed> {
    BoxedUint::from_be_slice(bytes, bits).map_err(|_| Malformed::Type)
}

fn bits_of(bytes: &[u8]) -> Result<u32, Malformed> {
    if bytes.is_empty() || bytes.len() > BYTES_MAX {
        return Err(Malformed::Type);
    }
    u32::try_from(bytes.len() * 8).map_err(|_| Malformed::Type)
}

/// Fields: base, exponent, modulus (odd, above 1). Answer: the power, as long as the modulus.
pub(super) fn power(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (base, exponent, modulus) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
    let bits = bits_of(modulus)?;
    let wide = bits.max(bits_of(base)?);
    let exponent = number(exponent, bits_of(exponent)?)?;
    let odd = Option::<Odd<BoxedUint>>::from(number(modulus, bits)?.into_odd()).ok_or(Malformed::Type)?;
    let divisor =
        Option::<NonZero<BoxedUint>>::from(number(modulus, wide)?.into_nz()).ok_or(Malformed::Type)?;
    let base = number(base, wide)?.rem(&divisor).resize(bits);
    let parameters = BoxedMontyParams::new_vartime(odd);
    let power = BoxedMontyForm::new(base, &parameters).pow(&exponent).retrieve();
    let bytes = power.to_be_bytes();
    let mut answer = Writer::new();
    answer.bytes(&bytes[bytes.len() - modulus.len()..]);
    Ok(answer.finish())
}

/// Fields: a number to start at, candidates to test at most, 1 if half of the prime is to be one, too. Answer: 1 and a prime, or 0 and the number to go on at. Nothing
/// when no number with as many bits is left. A prime has passed Miller-Rabin with base 2 and Lucas (Baillie-PSW).
pub(super) fn prime(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (start, tests, safe) = (fields.bytes()?, fields.u32()?, fields.u32()? == 1);
    if tests == 0 || tests > TESTS_MAX {
        return Err(Malformed::Type);
    }
    let start = number(start, bits_of(start)?)?;
    let bits = start.bits_vartime().try_into().map_err(|_| Malformed::Type)?;
    let mut answer = Writer::new();
    let sieve = SmallFactorsSieve::new(start, bits, safe).map_err(|_| Malformed::Type)?;
    for (candidate, tested) in sieve.zip(0..) {
        if tested == tests {
            answer.u32(0).bytes(&candidate.to_be_bytes());
            break;
        }
        let half = candidate.clone() >> 1u32;
        // The cheap test first, of both.
        let is_found = passes_power(&candidate)
            && (!safe || passes_power(&half))
            && passes_lucas(&candidate)
            && (!safe || passes_lucas(&half));
        if is_found {
            answer.u32(1).bytes(&candidate.to_be_bytes());
            break;
        }
    }
    Ok(answer.finish())
}

fn passes_power(candidate: &BoxedUint) -> bool {
    Option::<Odd<BoxedUint>>::from(candidate.to_odd())
        .is_some_and(|odd| MillerRabin::new(odd).test_base_two().is_probably_prime())
}

fn passes_lucas(candidate: &BoxedUint) -> bool {
    Option::<Odd<BoxedUint>>::from(candidate.to_odd())
        .is_some_and(|odd| lucas_test(odd, SelfridgeBase, LucasCheck::Strong).is_probably_prime())
}

/// Fields: a number. Answer: 1 when it is probably prime, else 0.
pub(super) fn is_prime(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let bytes = fields.bytes()?;
    let candidate = number(bytes, bits_of(bytes)?)?;
    let is_prime = crypto_primes::is_prime(crypto_primes::Flavor::Any, &candidate);
    let mut answer = Writer::new();
    answer.u32(is_prime.into());
    Ok(answer.finish())
}
