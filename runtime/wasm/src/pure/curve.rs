//! Elliptic curves: public keys, signatures of digests, agreement. Nonces are those of RFC 6979, so that signing
//! needs no randomness. What is no key, point or signature has an empty answer.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use holm_host_api::fields::{Malformed, Reader, Writer};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::elliptic_curve::sec1::ToSec1Point;

/// The functions of one Weierstrass curve.
macro_rules! weierstrass {
    ($module:ident, $curve:ident, $bytes:expr) => {
        mod $module {
            use super::*;
            use $curve::ecdsa::{Signature, SigningKey, VerifyingKey};
            use $curve::{PublicKey, SecretKey};

            fn secret(bytes: &[u8]) -> Option<SecretKey> {
                (bytes.len() == $bytes)
                    .then(|| SecretKey::from_slice(bytes).ok())
                    .flatten()
            }

            /// A digest as long as a scalar: the leading bytes count, and a shorter one is a small number.
            fn fitting(digest: &[u8]) -> Vec<u8> {
                let mut padded = vec![0; usize::saturating_sub($bytes, digest.len())];
                padded.extend_from_slice(digest);
                padded
            }

            pub(super) fn public(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(
                    secret(bytes)?
                        .public_key()
                        .to_sec1_point(false)
                        .as_bytes()
                        .to_vec(),
                )
            }

            pub(super) fn point(bytes: &[u8], compressed: bool) -> Option<Vec<u8>> {
                let point = PublicKey::from_sec1_bytes(bytes).ok()?;
                Some(point.to_sec1_point(compressed).as_bytes().to_vec())
            }

            pub(super) fn sign(key: &[u8], digest: &[u8]) -> Option<Vec<u8>> {
                let key = SigningKey::from(secret(key)?);
                let signature: Signature = key.sign_prehash(&fitting(digest)).ok()?;
                Some(signature.to_bytes().to_vec())
            }

            pub(super) fn verify(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
                let key = VerifyingKey::from(PublicKey::from_sec1_bytes(key).ok()?);
                let Ok(signature) = Signature::from_slice(signature) else {
                    return Some(false);
                };
                Some(key.verify_prehash(&fitting(digest), &signature).is_ok())
            }

            pub(super) fn agree(key: &[u8], point: &[u8]) -> Option<Vec<u8>> {
                let (key, point) = (secret(key)?, PublicKey::from_sec1_bytes(point).ok()?);
                Some(key.diffie_hellman(&point).raw_secret_bytes().to_vec())
            }
        }
    };
}

weierstrass!(nist256, p256, 32);
weierstrass!(nist384, p384, 48);
weierstrass!(nist521, p521, 66);
weierstrass!(koblitz256, k256, 32);

fn answer(bytes: Option<Vec<u8>>) -> Vec<u8> {
    let mut answer = Writer::new();
    if let Some(bytes) = bytes {
        answer.bytes(&bytes);
    }
    answer.finish()
}

fn seed<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH], Malformed> {
    <[u8; LENGTH]>::try_from(bytes).map_err(|_| Malformed::Type)
}

/// Fields: curve, secret key. Answer: the public key; a point uncompressed.
pub(super) fn public(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (curve, key) = (fields.str()?, fields.bytes()?);
    Ok(answer(match curve {
        "P-256" => nist256::public(key),
        "P-384" => nist384::public(key),
        "P-521" => nist521::public(key),
        "secp256k1" => koblitz256::public(key),
        "Ed25519" => Some(
            SigningKey::from_bytes(&seed(key)?)
                .verifying_key()
                .to_bytes()
                .to_vec(),
        ),
        "X25519" => Some(x25519_dalek::x25519(seed(key)?, x25519_dalek::X25519_BASEPOINT_BYTES).to_vec()),
        "Ed448" => Some(goldilocks(key)?.verifying_key().to_bytes().to_vec()),
        "X448" => Some(x448::x448_unchecked(seed(key)?, x448::X448_BASEPOINT_BYTES).to_vec()),
        _ => return Err(Malformed::Type),
    }))
}

/// Fields: curve, point in any form of SEC 1, whether to compress. Answer: the point.
pub(super) fn point(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (curve, point, compressed) = (fields.str()?, fields.bytes()?, fields.u32()? == 1);
    Ok(answer(match curve {
        "P-256" => nist256::point(point, compressed),
        "P-384" => nist384::point(point, compressed),
        "P-521" => nist521::point(point, compressed),
        "secp256k1" => koblitz256::point(point, compressed),
        _ => return Err(Malformed::Type),
    }))
}

/// Fields: curve, secret key, digest (for Ed25519 and Ed448 the message), for Ed448 a context. Answer: the signature, r and s of equal length.
pub(super) fn sign(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (curve, key, digest) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    Ok(answer(match curve {
        "P-256" => nist256::sign(key, digest),
        "P-384" => nist384::sign(key, digest),
        "P-521" => nist521::sign(key, digest),
        "secp256k1" => koblitz256::sign(key, digest),
        "Ed25519" => Some(
            SigningKey::from_bytes(&seed(key)?)
                .sign(digest)
                .to_bytes()
                .to_vec(),
        ),
        "Ed448" => {
            let signature = goldilocks(key)?.sign_ctx(fields.bytes()?, digest).ok();
            signature.map(|signature| signature.to_bytes().to_vec())
        }
        _ => return Err(Malformed::Type),
    }))
}

/// Fields: curve, public key, digest (for Ed25519 and Ed448 the message), signature, for Ed448 a context. Answer: 1 or 0.
pub(super) fn verify(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (curve, key, digest, signature) = (fields.str()?, fields.bytes()?, fields.bytes()?, fields.bytes()?);
    let holds = match curve {
        "P-256" => nist256::verify(key, digest, signature),
        "P-384" => nist384::verify(key, digest, signature),
        "P-521" => nist521::verify(key, digest, signature),
        "secp256k1" => koblitz256::verify(key, digest, signature),
        "Ed25519" => Some(edwards_verify(&seed(key)?, digest, signature)),
        "Ed448" => Some(goldilocks_verify(&seed(key)?, digest, signature, fields.bytes()?)),
        _ => return Err(Malformed::Type),
    };
    let mut answer = Writer::new();
    if let Some(holds) = holds {
        answer.u32(holds.into());
    }
    Ok(answer.finish())
}

fn goldilocks(key: &[u8]) -> Result<ed448_goldilocks::SigningKey, Malformed> {
    ed448_goldilocks::SigningKey::try_from(key).map_err(|_| Malformed::Type)
}

fn goldilocks_verify(key: &[u8; 57], message: &[u8], signature: &[u8], context: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (
        ed448_goldilocks::VerifyingKey::from_bytes(key),
        ed448_goldilocks::Signature::try_from(signature),
    ) else {
        return false;
    };
    key.verify_ctx(&signature, context, message).is_ok()
}

/// Points of small order are refused, as the Web Cryptography API demands.
fn edwards_verify(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (
        VerifyingKey::from_bytes(key),
        ed25519_dalek::Signature::from_slice(signature),
    ) else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

/// Fields: curve, secret key, the other's public key. Answer: the shared secret; nothing when it would be zero.
pub(super) fn agree(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (curve, key, point) = (fields.str()?, fields.bytes()?, fields.bytes()?);
    Ok(answer(match curve {
        "P-256" => nist256::agree(key, point),
        "P-384" => nist384::agree(key, point),
        "P-521" => nist521::agree(key, point),
        "secp256k1" => koblitz256::agree(key, point),
        "X25519" => {
            let shared = x25519_dalek::x25519(seed(key)?, seed(point)?);
            (shared != [0; 32]).then(|| shared.to_vec())
        }
        "X448" => {
            let shared = x448::x448_unchecked(seed(key)?, seed(point)?);
            (shared != [0; 56]).then(|| shared.to_vec())
        }
        _ => return Err(Malformed::Type),
    }))
}
