//! Locale data as `guest/cldr` makes it: sorted lines of a key, a tab, and JSON.

use holm_host_api::fields::{Malformed, Reader, Writer};

const DATA: &str = include_str!("../../../../../guest/cldr/data/locales.txt");

/// Fields: keys. Answer: the value of the first that there is, or nothing.
pub(in crate::pure) fn find(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let mut answer = Writer::new();
    while !fields.is_empty() {
        if let Some(value) = value(DATA, fields.str()?) {
            answer.str(value);
            break;
        }
    }
    Ok(answer.finish())
}

/// Looks between two ends of lines, which come closer until one line is left.
fn value<'a>(data: &'a str, key: &str) -> Option<&'a str> {
    let bytes = data.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[low..middle]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(low, |at| low + at + 1);
        let end = bytes[middle..high]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(high, |at| middle + at);
        let line = &bytes[start..end];
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        match line[..tab].cmp(key.as_bytes()) {
            std::cmp::Ordering::Equal => return data.get(start + tab + 1..end),
            std::cmp::Ordering::Less => low = (end + 1).min(high),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{DATA, value};

    #[test]
    fn every_line_is_found_by_its_key() {
        for line in DATA.lines() {
            let (key, expected) = line.split_once('\t').expect("a line has a tab");
            assert_eq!(value(DATA, key), Some(expected), "{key}");
        }
    }

    #[test]
    fn a_key_between_before_and_after_all_others_finds_nothing() {
        for key in ["", "a", "de/", "de/dates/", "de/datesx", "zz", "\n", "en/dates\t"] {
            assert_eq!(value(DATA, key), None, "{key:?}");
        }
    }
}
