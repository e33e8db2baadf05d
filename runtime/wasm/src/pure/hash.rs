//! Digests and HMAC, whole or in pieces. What is known of a digest in the middle of its input is handed out as
//! bytes and comes back with the next piece, so that nothing is held here between calls.

use hmac::{KeyInit, Mac};
use holm_host_api::fields::{Malformed, Reader, Writer};
use sha2::Digest;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use shake::{ExtendableOutput, XofReader};

/// Runs an expression with the type of a digest. Those after `pieces` can hand out their state.
macro_rules! with_hash {
    ($name:expr, $hash:ident => $run:expr) => {
        match $name {
            "BLAKE2B-512" => with_hash!(type $hash = blake2::Blake2b512, $run),
            "BLAKE2S-256" => with_hash!(type $hash = blake2::Blake2s256, $run),
            name => with_hash!(name, pieces $hash => $run),
        }
    };
    ($name:expr, pieces $hash:ident => $run:expr) => {
        match $name {
            "MD5" => with_hash!(type $hash = md5::Md5, $run),
            "RIPEMD-160" => with_hash!(type $hash = ripemd::Ripemd160, $run),
            "SHA-1" => with_hash!(type $hash = sha1::Sha1, $run),
            "SHA-224" => with_hash!(type $hash = sha2::Sha224, $run),
            "SHA-256" => with_hash!(type $hash = sha2::Sha256, $run),
            "SHA-384" => with_hash!(type $hash = sha2::Sha384, $run),
            "SHA-512" => with_hash!(type $hash = sha2::Sha512, $run),
            "SHA-512/224" => with_hash!(type $hash = sha2::Sha512_224, $run),
            "SHA-512/256" => with_hash!(type $hash = sha2::Sha512_256, $run),
            "SHA3-224" => with_hash!(type $hash = sha3::Sha3_224, $run),
            "SHA3-256" => with_hash!(type $hash = sha3::Sha3_256, $run),
            "SHA3-384" => with_hash!(type $hash = sha3::Sha3_384, $run),
            "SHA3-512" => with_hash!(type $hash = sha3::Sha3_512, $run),
            _ => return Err(Malformed::Type),
        }
    };
    (type $hash:ident = $type:ty, $run:expr) => {{
        type $hash = $type;
        $run
    }};
}
pub(super) use with_hash;

/// Runs an expression with the type of a code by a digest.
macro_rules! with_hmac {
    ($name:expr, $mac:ident => $run:expr) => {{
        use hmac::{Hmac, SimpleHmac};
        match $name {
            "MD5" => with_hash!(type $mac = Hmac<md5::Md5>, $run),
            "RIPEMD-160" => with_hash!(type $mac = Hmac<ripemd::Ripemd160>, $run),
            "SHA-1" => with_hash!(type $mac = Hmac<sha1::Sha1>, $run),
            "SHA-224" => with_hash!(type $mac = Hmac<sha2::Sha224>, $run),
            "SHA-256" => with_hash!(type $mac = Hmac<sha2::Sha256>, $run),
            "SHA-384" => with_hash!(type $mac = Hmac<sha2::Sha384>, $run),
            "SHA-512" => with_hash!(type $mac = Hmac<sha2::Sha512>, $run),
            "SHA-512/224" => with_hash!(type $mac = Hmac<sha2::Sha512_224>, $run),
            "SHA-512/256" => with_hash!(type $mac = Hmac<sha2::Sha512_256>, $run),
            "SHA3-224" => with_hash!(type $mac = SimpleHmac<sha3::Sha3_224>, $run),
            "SHA3-256" => with_hash!(type $mac = SimpleHmac<sha3::Sha3_256>, $run),
            "SHA3-384" => with_hash!(type $mac = SimpleHmac<sha3::Sha3_384>, $run),
            "SHA3-512" => with_hash!(type $mac = SimpleHmac<sha3::Sha3_512>, $run),
            "BLAKE2B-512" => with_hash!(type $mac = SimpleHmac<blake2::Blake2b512>, $run),
            "BLAKE2S-256" => with_hash!(type $mac = SimpleHmac<blake2::Blake2s256>, $run),
            _ => return Err(Malformed::Type),
        }
    }};
}
pub(super) use with_hmac;

/// The longest answer of a digest that can have any length.
const EXTENDED_BYTES_MAX: u32 = 1 << 24;

/// Fields: algorithm, bytes, for SHAKE and cSHAKE the length, for cSHAKE a function's name and a customization.
/// Answer: the digest.
pub(super) fn digest(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let algorithm = fields.str()?;
    let input = fields.bytes()?;
    let mut answer = Writer::new();
    match algorithm {
        "SHAKE128" => answer.bytes(&extended(shake::Shake128::default(), input, fields.u32()?)?),
        "SHAKE256" => answer.bytes(&extended(shake::Shake256::default(), input, fields.u32()?)?),
        "CSHAKE128" | "CSHAKE256" => {
            let (length, name, custom) = (fields.u32()?, fields.bytes()?, fields.bytes()?);
            answer.bytes(&if algorithm == "CSHAKE128" {
                extended(
                    cshake::CShake128::new_with_function_name(name, custom),
                    input,
                    length,
                )?
            } else {
                extended(
                    cshake::CShake256::new_with_function_name(name, custom),
                    input,
                    length,
                )?
            })
        }
        _ => with_hash!(algorithm, H => answer.bytes(&H::digest(input))),
    };
    Ok(answer.finish())
}

fn extended(mut hash: impl ExtendableOutput, input: &[u8], length: u32) -> Result<Vec<u8>, Malformed> {
    if length > EXTENDED_BYTES_MAX {
        return Err(Malformed::Type);
    }
    let mut into = vec![0; length as usize];
    shake::Update::update(&mut hash, input);
    hash.finalize_xof().read(&mut into);
    Ok(into)
}

/// Bytes that a digest of these fields gives beyond some dozens.
pub(super) fn extended_bytes(fields: &mut Reader<'_>) -> Result<u64, Malformed> {
    if !fields.str()?.contains("SHAKE") {
        return Ok(0);
    }
    fields.bytes()?;
    Ok(u64::from(fields.u32()?.min(EXTENDED_BYTES_MAX)))
}

/// Fields: algorithm, state or empty, bytes. Answer: the state after the bytes.
pub(super) fn update(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (algorithm, state, input) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    let mut answer = Writer::new();
    with_hash!(algorithm, pieces H => {
        let mut hash = resume::<H>(state)?;
        hash.update(input);
        answer.bytes(&hash.serialize());
    });
    Ok(answer.finish())
}

/// Fields: algorithm, state or empty, the last bytes. Answer: the digest.
pub(super) fn finish(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (algorithm, state, input) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    let mut answer = Writer::new();
    with_hash!(algorithm, pieces H => {
        let mut hash = resume::<H>(state)?;
        hash.update(input);
        answer.bytes(&hash.finalize());
    });
    Ok(answer.finish())
}

fn resume<H: Digest + SerializableState>(state: &[u8]) -> Result<H, Malformed> {
    if state.is_empty() {
        return Ok(H::new());
    }
    let state = SerializedState::<H>::try_from(state).map_err(|_| Malformed::Type)?;
    H::deserialize(&state).map_err(|_| Malformed::Type)
}

/// Fields: algorithm, key, bytes. Answer: the code.
pub(super) fn hmac(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (algorithm, key, input) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    let mut answer = Writer::new();
    with_hmac!(algorithm, M => {
        let mut mac = M::new_from_slice(key).map_err(|_| Malformed::Type)?;
        mac.update(input);
        answer.bytes(&mac.finalize().into_bytes());
    });
    Ok(answer.finish())
}
