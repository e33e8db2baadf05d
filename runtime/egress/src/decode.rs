//! Undoes `content-encoding` piece by piece: gzip and deflate.
//!
//! Brotli is neither asked for nor undone: its decoder may need a window of 16 MiB for each response, which
//! the other side chooses, and that is a quarter of what an invocation may use by default.
//!
//! A step makes at most 64 KiB of output, so that a few bytes which stand for a million are found out by the
//! byte limit and never held.

use std::io::{self, Write};

use bytes::{Buf, Bytes};
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// A body that is being decoded.
pub(crate) struct Decoder {
    kind: Kind,
    input: Bytes,
}

enum Kind {
    /// Before the first byte, which tells the two things apart that are called deflate.
    Deflate,
    Gzip(MultiGzDecoder<Vec<u8>>),
    Zlib(ZlibDecoder<Vec<u8>>),
    Raw(DeflateDecoder<Vec<u8>>),
    /// Before the first byte.
    GzipStart,
    Ended,
}

impl Decoder {
    /// A decoder for a response with these headers, if one is needed and there is one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
        let (first, None) = (encodings.next()?, encodings.next()) else {
            return None;
        };
        let kind = match first.as_bytes().trim_ascii().to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Kind::GzipStart,
            b"deflate" => Kind::Deflate,
            _ => return None,
        };
        Some(Self {
            kind,
            input: Bytes::new(),
        })
    }

    /// More input. The input before it must be used up: [`Decoder::step`] has answered `None`.
    pub(crate) fn feed(&mut self, input: Bytes) {
        debug_assert!(
            self.input.is_empty(),
            "input is fed after the input before it is used up"
        );
        self.input = input;
    }

    /// The next piece of output; `None` when more input is needed.
    pub(crate) fn step(&mut self) -> io::Result<Option<Bytes>> {
        while let Some(&first) = self.input.first() {
            let taken = match &mut self.kind {
                Kind::GzipStart => {
                    self.kind = Kind::Gzip(MultiGzDecoder::new(Vec::new()));
                    continue;
                }
                Kind::Deflate => {
                    // A zlib header says method 8 in its low bits and a window of at most 32 KiB in its high
                    // ones; a raw stream that begins so would be an odd one.
                    let is_zlib = first & 0x0f == 8 && first >> 4 <= 7;
                    self.kind = match is_zlib {
                        true => Kind::Zlib(ZlibDecoder::new(Vec::new())),
                        false => Kind::Raw(DeflateDecoder::new(Vec::new())),
                    };
                    continue;
                }
                Kind::Gzip(decoder) => decoder.write(&self.input)?,
                Kind::Zlib(decoder) => decoder.write(&self.input)?,
                Kind::Raw(decoder) => decoder.write(&self.input)?,
                Kind::Ended => 0,
            };
            let output = self.output();
            if taken == 0 && output.is_none() {
                // Behind the end of the stream: padding, which every client ignores.
                self.input.clear();
            }
            self.input.advance(taken.min(self.input.len()));
            if output.is_some() {
                return Ok(output);
            }
        }
        Ok(None)
    }

    /// The rest of the output, after all input.
    ///
    /// # Errors
    /// When the stream is not complete. One without a single byte is: servers send that for no body.
    pub(crate) fn finish(&mut self) -> io::Result<Option<Bytes>> {
        match &mut self.kind {
            Kind::Gzip(decoder) => decoder.try_finish()?,
            Kind::Zlib(decoder) => decoder.try_finish()?,
            Kind::Raw(decoder) => decoder.try_finish()?,
            Kind::GzipStart | Kind::Deflate | Kind::Ended => {}
        }
        let output = self.output();
        self.kind = Kind::Ended;
        Ok(output)
    }

    fn output(&mut self) -> Option<Bytes> {
        let output = match &mut self.kind {
            Kind::Gzip(decoder) => decoder.get_mut(),
            Kind::Zlib(decoder) => decoder.get_mut(),
            Kind::Raw(decoder) => decoder.get_mut(),
            Kind::GzipStart | Kind::Deflate | Kind::Ended => return None,
        };
        (!output.is_empty()).then(|| Bytes::from(std::mem::take(output)))
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const PIECE_BYTES: usize = 64 * 1024;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("memory");
        encoder.finish().expect("memory")
    }

    fn decode(encoding: &str, data: &[u8], input_bytes: usize) -> io::Result<Vec<u8>> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, encoding.parse().expect("a value"));
        let mut decoder = Decoder::of(&headers).expect("a known encoding");
        let mut out = Vec::new();
        let mut take = |piece: Bytes| {
            assert!(piece.len() <= PIECE_BYTES, "a piece of {} bytes", piece.len());
            out.extend_from_slice(&piece);
        };
        for piece in data.chunks(input_bytes) {
            decoder.feed(Bytes::copy_from_slice(piece));
            while let Some(piece) = decoder.step()? {
                take(piece);
            }
        }
        decoder.finish()?.map(take);
        Ok(out)
    }

    #[test]
    fn every_encoding_is_undone_however_it_is_cut() {
        let text: Vec<u8> = (0..200_000_u32)
            .flat_map(|number| (number / 7).to_le_bytes())
            .collect();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&text).expect("memory");
        let zlib = zlib.finish().expect("memory");
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(&text).expect("memory");
        let raw = raw.finish().expect("memory");
        for input_bytes in [1, 7, 1000, usize::MAX] {
            assert_eq!(decode("gzip", &gzip(&text), input_bytes).expect("gzip"), text);
            assert_eq!(decode("X-Gzip", &gzip(&text), input_bytes).expect("gzip"), text);
            assert_eq!(decode("deflate", &zlib, input_bytes).expect("zlib"), text);
            assert_eq!(decode("deflate", &raw, input_bytes).expect("raw"), text);
        }
    }

    #[test]
    fn members_of_gzip_follow_each_other() {
        let both = [gzip(b"one, "), gzip(b"two")].concat();
        for input_bytes in [1, 3, usize::MAX] {
            assert_eq!(decode("gzip", &both, input_bytes).expect("gzip"), b"one, two");
        }
    }

    #[test]
    fn a_bomb_comes_in_small_pieces() {
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 60_000);
        assert_eq!(decode("gzip", &bomb, usize::MAX).expect("gzip").len(), 50_000_000);
    }

    #[test]
    fn half_a_stream_and_a_broken_one_fail_and_an_empty_one_does_not() {
        let whole = gzip(b"hello, hello, hello");
        for end in 1..whole.len() {
            assert!(decode("gzip", &whole[..end], usize::MAX).is_err(), "{end} bytes");
        }
        let mut broken = whole.clone();
        let last = broken.len() - 1;
        broken[last] ^= 1;
        assert!(decode("gzip", &broken, usize::MAX).is_err());
        assert!(decode("gzip", b"not gzip at all", 1).is_err());
        assert_eq!(decode("gzip", b"", 1).expect("empty"), b"");
        assert_eq!(decode("deflate", b"", 1).expect("empty"), b"");
    }

    #[test]
    fn other_encodings_are_left_alone() {
        for encoding in ["br", "zstd", "identity", "gzip, gzip", ""] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, encoding.parse().expect("a value"));
            assert!(Decoder::of(&headers).is_none(), "{encoding}");
        }
        assert!(Decoder::of(&HeaderMap::new()).is_none());
    }
}
