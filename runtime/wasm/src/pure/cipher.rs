//! Ciphers without their padding, and the two authenticators of the modes that have one. Modes that chain are
//! called piece by piece: what chains (the last block, the counter) is the caller's to keep.

use aes::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser,
    KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek, consts::U16,
};
use aes_kw::AesKw;
use ghash::{GHash, universal_hash::UniversalHash};
use holm_host_api::codes::CipherMode;
use holm_host_api::fields::{Malformed, Reader, Writer};
use poly1305::Poly1305;

const BLOCK: usize = 16;

/// Fields: mode, key, initial value (counter, last block, nonce), bytes, and for [`CipherMode::ChaCha20`] the place in the
/// stream. Answer: the bytes, or nothing when a wrapped key is not what was wrapped.
pub(super) fn cipher(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let mode = CipherMode::from_code(fields.u32()?).ok_or(Malformed::Type)?;
    let (key, initial, input) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
    let done = match mode {
        CipherMode::ChaCha20 => Some(chacha20(key, initial, input, fields.u32()?)?),
        CipherMode::TripleDesCbcEncrypt | CipherMode::TripleDesCbcDecrypt => {
            Some(triple_des(mode, key, initial, input)?)
        }
        _ => match key.len() {
            16 => aes::<aes::Aes128>(mode, key, initial, input)?,
            24 => aes::<aes::Aes192>(mode, key, initial, input)?,
            32 => aes::<aes::Aes256>(mode, key, initial, input)?,
            _ => return Err(Malformed::Type),
        },
    };
    let mut answer = Writer::new();
    if let Some(bytes) = done {
        answer.bytes(&bytes);
    }
    Ok(answer.finish())
}

fn aes<C>(mode: CipherMode, key: &[u8], initial: &[u8], input: &[u8]) -> Result<Option<Vec<u8>>, Malformed>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16>,
{
    let cipher = C::new_from_slice(key).map_err(|_| Malformed::Type)?;
    if matches!(mode, CipherMode::KeyWrap | CipherMode::KeyUnwrap) {
        return key_wrap(
            &AesKw::<C>::new_from_slice(key).map_err(|_| Malformed::Type)?,
            mode,
            input,
        );
    }
    let mut bytes = input.to_vec();
    if mode == CipherMode::Ctr {
        let mut stream = ctr::Ctr128BE::<C>::new_from_slices(key, initial).map_err(|_| Malformed::Type)?;
        stream
            .try_apply_keystream(&mut bytes)
            .map_err(|_| Malformed::Type)?;
        return Ok(Some(bytes));
    }
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(&mut bytes);
    if !rest.is_empty() {
        return Err(Malformed::Type);
    }
    match mode {
        CipherMode::EcbEncrypt => cipher.encrypt_blocks(blocks),
        CipherMode::EcbDecrypt => cipher.decrypt_blocks(blocks),
        CipherMode::CbcEncrypt => cbc::Encryptor::<C>::new_from_slices(key, initial)
            .map_err(|_| Malformed::Type)?
            .encrypt_blocks(blocks),
        CipherMode::CbcDecrypt => cbc::Decryptor::<C>::new_from_slices(key, initial)
            .map_err(|_| Malformed::Type)?
            .decrypt_blocks(blocks),
        _ => return Err(Malformed::Type),
    }
    Ok(Some(bytes))
}

/// RFC 3394. The input of a wrap and the answer of an unwrap are whole blocks of 8 bytes, at least two.
fn key_wrap<C>(wrapper: &AesKw<C>, mode: CipherMode, input: &[u8]) -> Result<Option<Vec<u8>>, Malformed>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser<BlockSize = U16>,
{
    let wraps = mode == CipherMode::KeyWrap;
    if !input.len().is_multiple_of(8) || input.len() < if wraps { 16 } else { 24 } {
        return Ok(None);
    }
    let mut into = vec![0; input.len() + 8];
    let done = if wraps {
        wrapper.wrap_key(input, &mut into)
    } else {
        wrapper.unwrap_key(input, &mut into)
    };
    Ok(done.ok().map(<[u8]>::to_vec))
}

/// DES thrice, each time with 8 bytes of the key; chained.
fn triple_des(mode: CipherMode, key: &[u8], initial: &[u8], input: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut bytes = input.to_vec();
    let (blocks, rest) = Block::<des::TdesEde3>::slice_as_chunks_mut(&mut bytes);
    if !rest.is_empty() {
        return Err(Malformed::Type);
    }
    if mode == CipherMode::TripleDesCbcEncrypt {
        cbc::Encryptor::<des::TdesEde3>::new_from_slices(key, initial)
            .map_err(|_| Malformed::Type)?
            .encrypt_blocks(blocks);
    } else {
        cbc::Decryptor::<des::TdesEde3>::new_from_slices(key, initial)
            .map_err(|_| Malformed::Type)?
            .decrypt_blocks(blocks);
    }
    Ok(bytes)
}

fn chacha20(key: &[u8], nonce: &[u8], input: &[u8], place: u32) -> Result<Vec<u8>, Malformed> {
    let mut stream = chacha20::ChaCha20::new_from_slices(key, nonce).map_err(|_| Malformed::Type)?;
    stream.try_seek(place).map_err(|_| Malformed::Type)?;
    let mut bytes = input.to_vec();
    stream
        .try_apply_keystream(&mut bytes)
        .map_err(|_| Malformed::Type)?;
    Ok(bytes)
}

/// Fields: hash key, state (16 bytes), bytes. Answer: the state after the bytes, padded with zeros to whole blocks.
pub(super) fn ghash(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (key, state, input) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
    let key = <&[u8; BLOCK]>::try_from(key).map_err(|_| Malformed::Type)?;
    let state = <&[u8; BLOCK]>::try_from(state).map_err(|_| Malformed::Type)?;
    let mut answer = Writer::new();
    if input.is_empty() {
        answer.bytes(state);
        return Ok(answer.finish());
    }
    let mut hash = <GHash as KeyInit>::new(key.into());
    // The state is what the next block is added to.
    let (first, rest) = input.split_at(BLOCK.min(input.len()));
    let mut block = *state;
    for (into, from) in block.iter_mut().zip(first) {
        *into ^= from;
    }
    hash.update(&[block.into()]);
    hash.update_padded(rest);
    answer.bytes(&hash.finalize());
    Ok(answer.finish())
}

/// Fields: key (32 bytes), bytes. Answer: the tag.
pub(super) fn poly1305(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let (key, input) = (fields.bytes()?, fields.bytes()?);
    let tag = Poly1305::new_from_slice(key)
        .map_err(|_| Malformed::Type)?
        .compute_unpadded(input);
    let mut answer = Writer::new();
    answer.bytes(&tag);
    Ok(answer.finish())
}
