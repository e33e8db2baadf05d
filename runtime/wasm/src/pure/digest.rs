//! Digests of the SHA family, for `crypto.subtle.digest`.

use holm_host_api::fields::{Malformed, Reader, Writer};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Fields: algorithm, bytes. Answer: the digest.
pub(super) fn digest(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let algorithm = fields.str()?;
    let input = fields.bytes()?;
    let mut answer = Writer::new();
    match algorithm {
        "SHA-1" => answer.bytes(&Sha1::digest(input)),
        "SHA-256" => answer.bytes(&Sha256::digest(input)),
        "SHA-384" => answer.bytes(&Sha384::digest(input)),
        "SHA-512" => answer.bytes(&Sha512::digest(input)),
        _ => return Err(Malformed::Type),
    };
    Ok(answer.finish())
}

#[cfg(test)]
mod tests {
    use holm_host_api::codes::Pure;
    use holm_host_api::fields::{Malformed, Reader, Writer};

    fn check(algorithm: &str, input: &[u8], expected: &str) {
        let mut fields = Writer::new();
        fields.str(algorithm).bytes(input);
        let fields = fields.finish();
        let answer =
            crate::pure::call(Pure::Digest, &mut Reader::new(&fields)).expect("the fields are well formed");
        let digest = Reader::new(&answer).bytes().expect("a digest is bytes");
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{algorithm}");
    }

    #[test]
    fn digests_are_those_of_the_standards_example() {
        check("SHA-1", b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
        check(
            "SHA-256",
            b"abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        check(
            "SHA-384",
            b"abc",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        );
        check(
            "SHA-512",
            b"abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        );
    }

    #[test]
    fn an_unknown_algorithm_is_refused() {
        let mut fields = Writer::new();
        fields.str("MD5").bytes(b"abc");
        let fields = fields.finish();
        assert_eq!(
            crate::pure::call(Pure::Digest, &mut Reader::new(&fields)),
            Err(Malformed::Type)
        );
    }
}
