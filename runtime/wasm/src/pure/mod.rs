//! Pure functions that the host computes for the guest: parsing URLs, digests.
//!
//! Each maps encoded fields to encoded fields and reaches nothing else, so calls of them need no place in a
//! journal. What they cost is charged by the caller.

mod digest;
mod url;

use holm_host_api::codes::Pure;
use holm_host_api::fields::{Malformed, Reader};

/// Computes a function of the fields that [`Pure`] documents; the encoded answer.
///
/// # Errors
/// When the fields do not have the form that the function's documentation demands.
pub fn call(function: Pure, fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    match function {
        Pure::UrlParse => url::parse(fields),
        Pure::UrlSet => url::set(fields),
        Pure::Digest => digest::digest(fields),
    }
}
