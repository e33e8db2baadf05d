//! Pure functions that the host computes for the guest: URLs, digests, ciphers, keys, legacy encodings, locales.
//!
//! Each maps encoded fields to encoded fields and reaches nothing else, so calls of them need no place in a
//! journal. What they cost is known from the fields alone (`price`) and charged by the caller before the work.

mod bignum;
mod cipher;
mod curve;
mod hash;
mod intl;
mod kdf;
mod price;
mod text;
mod url;

use holm_host_api::codes::Pure;
use holm_host_api::fields::{Malformed, Reader};

pub use price::price;

/// Computes a function of the fields that [`Pure`] documents; the encoded answer.
///
/// # Errors
/// When the fields do not have the form that the function's documentation demands.
pub fn call(function: Pure, fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    match function {
        Pure::UrlParse => url::parse(fields),
        Pure::UrlSet => url::set(fields),
        Pure::Digest => hash::digest(fields),
        Pure::DigestUpdate => hash::update(fields),
        Pure::DigestFinish => hash::finish(fields),
        Pure::Hmac => hash::hmac(fields),
        Pure::Pbkdf2 => kdf::pbkdf2(fields),
        Pure::Hkdf => kdf::hkdf(fields),
        Pure::Scrypt => kdf::scrypt(fields),
        Pure::Cipher => cipher::cipher(fields),
        Pure::Ghash => cipher::ghash(fields),
        Pure::Poly1305 => cipher::poly1305(fields),
        Pure::CurvePublic => curve::public(fields),
        Pure::CurvePoint => curve::point(fields),
        Pure::CurveSign => curve::sign(fields),
        Pure::CurveVerify => curve::verify(fields),
        Pure::CurveAgree => curve::agree(fields),
        Pure::Power => bignum::power(fields),
        Pure::Prime => bignum::prime(fields),
        Pure::IsPrime => bignum::is_prime(fields),
        Pure::EncodingName => text::name(fields),
        Pure::Decode => text::decode(fields),
        Pure::IntlData => intl::data::find(fields),
        Pure::LanguageTag => intl::tag::work(fields),
        Pure::TimeZoneName => intl::zone::name(fields),
        Pure::TimeZoneAt => intl::zone::at(fields),
        Pure::Collate => intl::collate::compare(fields),
        Pure::Segment => intl::segment::segment(fields),
        Pure::LocaleCase => intl::case::convert(fields),
    }
}

#[cfg(test)]
mod tests;
