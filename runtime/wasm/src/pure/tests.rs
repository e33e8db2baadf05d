//! Known answers, from the documents that define each function.

use holm_host_api::codes::Pure;
use holm_host_api::fields::{Field, Malformed, Reader, Writer};

use super::{call, price};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pair = |pair: &[u8]| {
        let text = str::from_utf8(pair).expect("hexadecimal digits");
        u8::from_str_radix(text, 16).expect("hexadecimal digits")
    };
    digits.chunks(2).map(pair).collect()
}

fn fields(list: &[Field<'_>]) -> Vec<u8> {
    let mut fields = Writer::new();
    for field in list {
        match field {
            Str(text) => fields.str(text),
            Bytes(bytes) => fields.bytes(bytes),
            U32(number) => fields.u32(*number),
            _ => fields.null(),
        };
    }
    fields.finish()
}

#[track_caller]
fn check(function: Pure, list: &[Field<'_>], expected: &str) {
    let fields = fields(list);
    let answer = call(function, &mut Reader::new(&fields)).expect("the fields are well formed");
    let found = Reader::new(&answer).bytes().expect("the answer is bytes");
    assert_eq!(found, hex(expected), "{function:?}");
}

#[track_caller]
fn refused(function: Pure, list: &[Field<'_>]) {
    let fields = fields(list);
    assert_eq!(
        call(function, &mut Reader::new(&fields)),
        Err(Malformed::Type),
        "{function:?}"
    );
}

use Field::{Bytes, Str, U32};

#[test]
fn digests_are_those_of_the_standards_example() {
    let digest = |name, expected| check(Pure::Digest, &[Str(name), Bytes(b"abc")], expected);
    digest("MD5", "900150983cd24fb0d6963f7d28e17f72");
    digest("RIPEMD-160", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    digest("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest(
        "SHA-256",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    digest(
        "SHA-384",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    );
    digest(
        "SHA-512",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    );
    refused(Pure::Digest, &[Str("MD4"), Bytes(b"abc")]);
}

#[test]
fn a_digest_of_any_length_is_as_long_as_asked_for() {
    check(
        Pure::Digest,
        &[Str("SHAKE128"), Bytes(b""), U32(16)],
        "7f9c2ba4e88f827d616045507605853e",
    );
    check(Pure::Digest, &[Str("SHAKE256"), Bytes(b""), U32(5)], "46b9dd2b0b");
    // SP 800-185's first sample of cSHAKE.
    check(
        Pure::Digest,
        &[
            Str("CSHAKE128"),
            Bytes(&[0, 1, 2, 3]),
            U32(32),
            Bytes(b""),
            Bytes(b"Email Signature"),
        ],
        "c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5",
    );
    refused(Pure::Digest, &[Str("SHAKE128"), Bytes(b""), U32((1 << 24) + 1)]);
}

#[test]
fn the_curves_of_448_bits_are_those_of_their_documents() {
    // RFC 7748, 6.2.
    let alice = hex(
        "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
    );
    let bob = hex(
        "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
    );
    check(
        Pure::CurveAgree,
        &[Str("X448"), Bytes(&alice), Bytes(&bob)],
        "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d",
    );
    // RFC 8032, 7.4.
    let secret = hex(
        "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
    );
    check(
        Pure::CurvePublic,
        &[Str("Ed448"), Bytes(&secret)],
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
    );
}

#[test]
fn a_digest_in_pieces_is_that_of_the_whole() {
    let first = fields(&[Str("SHA-256"), Bytes(b""), Bytes(b"a")]);
    let answer = call(Pure::DigestUpdate, &mut Reader::new(&first)).expect("the fields are well formed");
    let state = Reader::new(&answer).bytes().expect("a state is bytes");
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    check(
        Pure::DigestFinish,
        &[Str("SHA-256"), Bytes(state), Bytes(b"bc")],
        expected,
    );
    refused(
        Pure::DigestFinish,
        &[Str("SHA-256"), Bytes(&state[1..]), Bytes(b"bc")],
    );
    refused(
        Pure::DigestFinish,
        &[Str("SHA-256"), Bytes(&vec![0xff; state.len()]), Bytes(b"bc")],
    );
}

#[test]
fn pbkdf2_goes_on_from_its_state() {
    // RFC 6070, 4096 iterations.
    let salt = b"salt\0\0\0\x01";
    let list = [
        Str("SHA-1"),
        Bytes(b"password"),
        Bytes(salt),
        U32(4000),
        Bytes(b""),
    ];
    let list = fields(&list);
    let answer = call(Pure::Pbkdf2, &mut Reader::new(&list)).expect("the fields are well formed");
    let mut answer = Reader::new(&answer);
    let state = [answer.bytes().expect("a code"), answer.bytes().expect("a sum")].concat();
    let rest = fields(&[
        Str("SHA-1"),
        Bytes(b"password"),
        Bytes(salt),
        U32(96),
        Bytes(&state),
    ]);
    let answer = call(Pure::Pbkdf2, &mut Reader::new(&rest)).expect("the fields are well formed");
    let mut answer = Reader::new(&answer);
    let _ = answer.bytes();
    assert_eq!(
        answer.bytes().expect("a sum"),
        hex("4b007901b765489abead49d926f721d065a429c1")
    );
    refused(
        Pure::Pbkdf2,
        &[Str("SHA-1"), Bytes(b""), Bytes(salt), U32(4097), Bytes(b"")],
    );
    refused(
        Pure::Pbkdf2,
        &[Str("SHA-1"), Bytes(b""), Bytes(salt), U32(0), Bytes(b"")],
    );
}

#[test]
fn scrypt_is_that_of_its_document() {
    // RFC 7914, section 12.
    let list = [
        Bytes(b"password"),
        Bytes(b"NaCl"),
        U32(10),
        U32(8),
        U32(16),
        U32(64),
    ];
    check(
        Pure::Scrypt,
        &list,
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
    );
}

#[test]
fn hkdf_is_that_of_its_document() {
    // RFC 5869, A.1.
    let (key, salt, info) = (
        [0x0b; 22],
        hex("000102030405060708090a0b0c"),
        hex("f0f1f2f3f4f5f6f7f8f9"),
    );
    check(
        Pure::Hkdf,
        &[Str("SHA-256"), Bytes(&key), Bytes(&salt), Bytes(&info), U32(42)],
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
}

#[test]
fn modes_of_aes_are_those_of_their_document() {
    // SP 800-38A, F.1.1, F.2.1 and F.5.1: the first block.
    let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
    let block = hex("6bc1bee22e409f96e93d7e117393172a");
    let mode = |mode: u32, initial: &str, expected| {
        check(
            Pure::Cipher,
            &[U32(mode), Bytes(&key), Bytes(&hex(initial)), Bytes(&block)],
            expected,
        );
    };
    mode(0, "", "3ad77bb40d7a3660a89ecaf32466ef97");
    mode(
        2,
        "000102030405060708090a0b0c0d0e0f",
        "7649abac8119b246cee98e9b12e9197d",
    );
    mode(
        4,
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "874d6191b620e3261bef6864990db6ce",
    );
    // RFC 3394, 4.1.
    let (key, data) = (
        hex("000102030405060708090A0B0C0D0E0F"),
        hex("00112233445566778899AABBCCDDEEFF"),
    );
    let wrapped = "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5";
    check(
        Pure::Cipher,
        &[U32(5), Bytes(&key), Bytes(b""), Bytes(&data)],
        wrapped,
    );
    check(
        Pure::Cipher,
        &[U32(6), Bytes(&key), Bytes(b""), Bytes(&hex(wrapped))],
        "00112233445566778899AABBCCDDEEFF",
    );
    refused(
        Pure::Cipher,
        &[U32(0), Bytes(&key), Bytes(b""), Bytes(b"no block")],
    );
    refused(
        Pure::Cipher,
        &[U32(0), Bytes(b"no key"), Bytes(b""), Bytes(&data)],
    );
}

#[test]
fn powers_are_those_of_small_numbers() {
    check(
        Pure::Power,
        &[Bytes(&[4]), Bytes(&[13]), Bytes(&[1, 0xf1])],
        "01bd",
    );
    check(
        Pure::Power,
        &[Bytes(&[9, 9, 9, 9]), Bytes(&[1]), Bytes(&[7])],
        "02",
    );
    refused(Pure::Power, &[Bytes(&[4]), Bytes(&[13]), Bytes(&[0])]);
    refused(Pure::Power, &[Bytes(&[4]), Bytes(&[13]), Bytes(&[8])]);
    refused(Pure::Power, &[Bytes(&[4]), Bytes(&[13]), Bytes(&[0xff; 2049])]);
}

#[test]
fn text_in_pieces_is_that_of_the_whole() {
    // The encoding, its bytes, the text.
    let cases: [(&str, &[u8], &str); 5] = [
        ("shift_jis", b"\x93\xfa\x96\x7b\x81 ", "日本\u{FFFD} "),
        ("gb18030", b"\x84\x31\xa4\x37a\x81\x30", "\u{FFFD}a\u{FFFD}"),
        ("iso-2022-jp", b"a\x1b$BF|K\\\x1b(B!\x1b$", "a日本!\u{FFFD}$"),
        ("euc-jp", b"\x8f\xb0\xa1\xc6\xfc", "丂日"),
        ("koi8-r", b"\xf0\xf1", "ПЯ"),
    ];
    for (name, bytes, expected) in cases {
        for split in 0..=bytes.len() {
            let mut text = String::new();
            let mut state = Vec::new();
            for (piece, last) in [(&bytes[..split], 0), (&bytes[split..], 1)] {
                let list = fields(&[Str(name), U32(0), U32(last), Bytes(&state), Bytes(piece)]);
                let answer = call(Pure::Decode, &mut Reader::new(&list)).expect("the fields are well formed");
                let mut answer = Reader::new(&answer);
                text.push_str(answer.str().expect("text"));
                state = answer.bytes().expect("a state").to_vec();
            }
            assert_eq!(text, expected, "{name} split at {split}");
        }
    }
}

#[test]
fn work_that_grows_with_a_number_is_charged_by_it() {
    let fuel = |function, list: &[Field<'_>]| {
        let fields = fields(list);
        let len = u32::try_from(fields.len()).expect("a short list");
        price(function, Reader::new(&fields), len).expect("the fields are well formed")
    };
    let pbkdf2 = |count| {
        fuel(
            Pure::Pbkdf2,
            &[Str("SHA-512"), Bytes(b""), Bytes(b""), U32(count), Bytes(b"")],
        )
        .fuel
    };
    assert!(pbkdf2(4096) > 100 * pbkdf2(1));
    let scrypt = |n| {
        fuel(
            Pure::Scrypt,
            &[Bytes(b""), Bytes(b""), U32(n), U32(8), U32(1), U32(32)],
        )
    };
    assert!(scrypt(14).fuel > 100 * scrypt(5).fuel);
    assert!(scrypt(14).memory_bytes > 16 << 20);
    assert_eq!(
        fuel(
            Pure::Scrypt,
            &[
                Bytes(b""),
                Bytes(b""),
                U32(31),
                U32(u32::MAX),
                U32(u32::MAX),
                U32(32)
            ]
        )
        .fuel,
        1 << 60
    );
    let power = |bytes: usize| {
        fuel(
            Pure::Power,
            &[Bytes(&[2]), Bytes(&vec![1; bytes]), Bytes(&vec![1; bytes])],
        )
        .fuel
    };
    assert!(power(512) > 5 * power(256));
}
