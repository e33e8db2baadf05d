//! Frames: the length and checksums around each entry, by which a file that was cut off and a damaged one are told
//! apart. It does not look into payloads.

use bytes::Bytes;

use crate::codec::Encoder;

/// Bytes of a frame before its payload.
const HEAD_BYTES: usize = 12;

/// Appends the frame of number `number` around what `payload` writes. `None`, and nothing appended, when the
/// payload is 4 GiB or more.
pub(crate) fn write(out: &mut Vec<u8>, number: u64, payload: impl FnOnce(&mut Encoder)) -> Option<()> {
    let start = out.len();
    let mut encoder = Encoder {
        out: std::mem::take(out),
    };
    encoder.out.extend_from_slice(&[0; HEAD_BYTES]);
    payload(&mut encoder);
    *out = encoder.out;
    let (head, payload) = out[start..].split_at_mut(HEAD_BYTES);
    let Ok(len) = u32::try_from(payload.len()) else {
        out.truncate(start);
        return None;
    };
    head[0..4].copy_from_slice(&len.to_le_bytes());
    head[4..8].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
    let checksum = head_checksum(number, &head[0..8]);
    head[8..12].copy_from_slice(&checksum.to_le_bytes());
    Some(())
}

/// What is found where a frame should start.
pub(crate) enum Found {
    /// A whole frame: its payload, and where the next one starts.
    Frame(Bytes, usize),
    /// The end of the file.
    End,
    /// The file ends before the frame does.
    CutOff,
    /// A checksum is wrong.
    Damaged,
}

/// Reads the frame of number `number` at `position`.
pub(crate) fn read(file: &Bytes, position: usize, number: u64) -> Found {
    let rest = &file[position..];
    if rest.is_empty() {
        return Found::End;
    }
    let Some((head, rest)) = rest.split_first_chunk::<HEAD_BYTES>() else {
        return Found::CutOff;
    };
    let [l0, l1, l2, l3, p0, p1, p2, p3, h0, h1, h2, h3] = *head;
    if head_checksum(number, &head[0..8]) != u32::from_le_bytes([h0, h1, h2, h3]) {
        return Found::Damaged;
    }
    let len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let Some(payload) = rest.get(..len) else {
        return Found::CutOff;
    };
    if crc32fast::hash(payload) != u32::from_le_bytes([p0, p1, p2, p3]) {
        return Found::Damaged;
    }
    Found::Frame(file.slice_ref(payload), position + HEAD_BYTES + len)
}

fn head_checksum(number: u64, head: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(head);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_one_that_the_page_names() {
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
    }
}
