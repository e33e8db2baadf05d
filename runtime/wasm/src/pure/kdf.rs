//! Keys from passwords and from other keys: PBKDF2, HKDF, scrypt.
//!
//! A call of PBKDF2 makes a bounded number of iterations; the guest goes on from what it answered. So a huge
//! count is a loop in the guest, which its fuel ends like any other.

use hkdf::GenericHkdf;
use hmac::{KeyInit, Mac};
use holm_host_api::fields::{Malformed, Reader, Writer};

use super::hash::{with_hash, with_hmac};

/// Iterations of one call of [`pbkdf2`]: some milliseconds.
pub(super) const ITERATIONS_MAX: u32 = 4096;
/// The longest key that HKDF can make with the longest digest.
pub(super) const HKDF_BYTES_MAX: usize = 255 * 64;
/// What scrypt is asked for at most, bytes.
const SCRYPT_BYTES_MAX: usize = 1 << 20;

/// Fields: digest, password, salt with the number of the block at its end, iterations, state or empty. Answer: the state, the
/// last code and the sum of all, each as long as the digest. Without a state the first iteration is over the salt.
pub(super) fn pbkdf2(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (algorithm, password, salt) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    let (iterations, state) = (fields.u32()?, fields.bytes()?);
    if iterations == 0 || iterations > ITERATIONS_MAX {
        return Err(Malformed::Type);
    }
    let mut answer = Writer::new();
    with_hmac!(algorithm, M => {
        let keyed = M::new_from_slice(password).map_err(|_| Malformed::Type)?;
        let of = |input: &[u8]| {
            let mut mac = keyed.clone();
            mac.update(input);
            mac.finalize().into_bytes()
        };
        let length = keyed.clone().finalize().into_bytes().len();
        let (mut code, mut sum) = match state.split_at_checked(length) {
            Some((code, sum)) if sum.len() == length => {
                let code = of(code);
                let mut total = code;
                for (into, from) in total.iter_mut().zip(sum) {
                    *into ^= from;
                }
                (code, total)
            }
            _ if state.is_empty() => {
                let code = of(salt);
                (code, code)
            }
            _ => return Err(Malformed::Type),
        };
        for _ in 1..iterations {
            code = of(&code);
            for (into, from) in sum.iter_mut().zip(&code) {
                *into ^= from;
            }
        }
        answer.bytes(&code).bytes(&sum);
    });
    Ok(answer.finish())
}

/// Fields: digest, key, salt, info, length. Answer: the key, or nothing when it would be too long.
pub(super) fn hkdf(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (algorithm, key, salt, info) = (fields.str()?, fields.bytes()?, fields.bytes()?, fields.bytes()?);
    let length = fields.u32()? as usize;
    if length > HKDF_BYTES_MAX {
        return Ok(Vec::new());
    }
    let mut derived = vec![0; length];
    let mut answer = Writer::new();
    with_hmac!(algorithm, M => {
        if GenericHkdf::<M>::new(Some(salt), key).expand(info, &mut derived).is_ok() {
            answer.bytes(&derived);
        }
    });
    Ok(answer.finish())
}

/// The parameters of scrypt, as they stand in its fields.
pub(super) struct ScryptCost {
    pub log2_n: u32,
    pub r: u32,
    pub p: u32,
    pub length: u32,
}

impl ScryptCost {
    /// Of the fields behind password and salt.
    pub(super) fn read(fields: &mut Reader<'_>) -> Result<Self, Malformed> {
        let cost = Self {
            log2_n: fields.u32()?,
            r: fields.u32()?,
            p: fields.u32()?,
            length: fields.u32()?,
        };
        let fits = cost.log2_n < 32 && cost.length as usize <= SCRYPT_BYTES_MAX;
        if fits { Ok(cost) } else { Err(Malformed::Type) }
    }

    /// Memory that the computation holds, bytes.
    pub(super) fn memory_bytes(&self) -> u64 {
        let (n, r, p) = (1u64 << self.log2_n, u64::from(self.r), u64::from(self.p));
        (128 * r).saturating_mul(n.saturating_add(p).saturating_add(2))
    }

    /// Blocks of 64 bytes that are mixed.
    pub(super) fn mixes(&self) -> u64 {
        let (n, r, p) = (1u64 << self.log2_n, u64::from(self.r), u64::from(self.p));
        (4 * n).saturating_mul(r).saturating_mul(p)
    }
}

/// Fields: password, salt, log2 of N, r, p, length. Answer: the key, or nothing when the parameters make no sense.
pub(super) fn scrypt(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (password, salt) = (fields.bytes()?, fields.bytes()?);
    let cost = ScryptCost::read(fields)?;
    let mut derived = vec![0; cost.length as usize];
    let log2_n = u8::try_from(cost.log2_n).map_err(|_| Malformed::Type)?;
    let mut answer = Writer::new();
    if let Ok(parameters) = scrypt::Params::new(log2_n, cost.r, cost.p)
        && scrypt::scrypt(password, salt, &parameters, &mut derived).is_ok()
    {
        answer.bytes(&derived);
    }
    Ok(answer.finish())
}
