//! Hosts: domains, IPv4 and IPv6 addresses, opaque hosts; parsed to their serialised form.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use idna::AsciiDenyList;

use super::percent;

/// Parses a host; `opaque` for schemes that are not special. `None` when it is none.
pub(super) fn parse(input: &[u8], opaque: bool) -> Option<String> {
    if let [b'[', inner @ ..] = input {
        let address = parse_ipv6(inner.strip_suffix(b"]")?)?;
        return Some(format!("[{}]", serialize_ipv6(address)));
    }
    if opaque {
        return parse_opaque(input);
    }
    let decoded = percent::decode(input);
    // Bytes that are not UTF-8 become U+FFFD, which no domain may have.
    let domain = String::from_utf8_lossy(&decoded);
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::URL).ok()?;
    if ascii.is_empty() || ascii.bytes().any(is_forbidden_in_domain) || ascii.split('.').any(is_misread_label)
    {
        return None;
    }
    if ends_in_number(&ascii) {
        return parse_ipv4(&ascii).map(|address| address.to_string());
    }
    Some(ascii.into_owned())
}

/// Labels that the crate `idna` lets pass and the standard does not: those that are still in Punycode when
/// they are decoded, and those with characters of plane 3 that are not assigned.
fn is_misread_label(label: &str) -> bool {
    /// Behind the last block of ideographs that Unicode 17 assigns; all that follows is disallowed.
    const FIRST_UNASSIGNED: char = '\u{33480}';
    let Some(encoded) = label.strip_prefix("xn--") else {
        return false;
    };
    match idna::punycode::decode_to_string(encoded) {
        Some(decoded) => {
            decoded.starts_with("xn--") || decoded.chars().any(|letter| letter >= FIRST_UNASSIGNED)
        }
        None => true,
    }
}

fn parse_opaque(input: &[u8]) -> Option<String> {
    if input.iter().copied().any(is_forbidden_in_host) {
        return None;
    }
    let mut out = String::with_capacity(input.len());
    percent::push_all(&mut out, input, percent::Set::Control);
    Some(out)
}

fn is_forbidden_in_host(byte: u8) -> bool {
    matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | b'\r'
            | b' '
            | b'#'
            | b'/'
            | b':'
            | b'<'
            | b'>'
            | b'?'
            | b'@'
            | b'['
            | b'\\'
            | b']'
            | b'^'
            | b'|'
    )
}

fn is_forbidden_in_domain(byte: u8) -> bool {
    is_forbidden_in_host(byte) || byte <= 0x1f || byte == b'%' || byte == 0x7f
}

/// True when a domain must be an IPv4 address, or nothing.
fn ends_in_number(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let last = domain.rsplit('.').next().unwrap_or(domain);
    !last.is_empty() && (last.bytes().all(|byte| byte.is_ascii_digit()) || parse_ipv4_number(last).is_some())
}

fn parse_ipv4(domain: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = domain.strip_suffix('.').unwrap_or(domain).split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let mut address: u64 = 0;
    for (index, part) in parts.iter().enumerate() {
        let number = parse_ipv4_number(part)?;
        let places_left = 4 - index;
        if index + 1 < parts.len() {
            if number > 255 {
                return None;
            }
            address |= number << (8 * (places_left - 1));
        } else {
            if number >= 1 << (8 * places_left) {
                return None;
            }
            address |= number;
        }
    }
    u32::try_from(address).ok().map(Ipv4Addr::from)
}

/// A decimal, octal (`0…`) or hexadecimal (`0x…`) number. What is too large for an address stays too large.
fn parse_ipv4_number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    digits.chars().try_fold(0u64, |number, digit| {
        Some(
            number
                .saturating_mul(u64::from(radix))
                .saturating_add(u64::from(digit.to_digit(radix)?)),
        )
    })
}

/// Parses what stands between the brackets.
fn parse_ipv6(input: &[u8]) -> Option<Ipv6Addr> {
    let mut pieces = [0u16; 8];
    let mut count = 0;
    // Behind which piece "::" stood. It counts as a piece itself, and as many more as are missing at the end.
    let mut gap = None;
    let mut rest = input;
    if let [b':', tail @ ..] = rest {
        rest = tail.strip_prefix(b":")?;
        count = 1;
        gap = Some(count);
    }
    while !rest.is_empty() {
        if count == 8 {
            return None;
        }
        if let [b':', tail @ ..] = rest {
            if gap.is_some() {
                return None;
            }
            rest = tail;
            count += 1;
            gap = Some(count);
            continue;
        }
        let digits = rest
            .iter()
            .take(4)
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let (number, tail) = rest.split_at(digits);
        if tail.first() == Some(&b'.') {
            if digits == 0 || count > 6 {
                return None;
            }
            let [a, b, c, d] = parse_dotted(rest)?;
            pieces[count] = u16::from_be_bytes([a, b]);
            pieces[count + 1] = u16::from_be_bytes([c, d]);
            count += 2;
            break;
        }
        rest = match tail {
            [] => tail,
            [b':', after @ ..] if !after.is_empty() => after,
            _ => return None,
        };
        pieces[count] = u16::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()?;
        count += 1;
    }
    match gap {
        Some(at) => pieces[at..].rotate_right(8 - count),
        None if count != 8 => return None,
        None => {}
    }
    Some(Ipv6Addr::from(pieces))
}

/// The IPv4 address at the end of an IPv6 one: four decimal numbers without leading zeros.
fn parse_dotted(input: &[u8]) -> Option<[u8; 4]> {
    let mut bytes = [0; 4];
    let mut parts = input.split(|byte| *byte == b'.');
    for byte in &mut bytes {
        let part = parts.next()?;
        if part.is_empty() || !part.iter().all(u8::is_ascii_digit) || (part.len() > 1 && part[0] == b'0') {
            return None;
        }
        *byte = std::str::from_utf8(part).ok()?.parse().ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

/// The standard's form: the first longest run of zeros is left out, and nothing is written with dots.
fn serialize_ipv6(address: Ipv6Addr) -> String {
    let pieces = address.segments();
    let mut longest = 0..0;
    let mut start = 0;
    while start < 8 {
        let end = pieces[start..]
            .iter()
            .position(|piece| *piece != 0)
            .map_or(8, |zeros| start + zeros);
        if end - start > longest.len() {
            longest = start..end;
        }
        start = end + 1;
    }
    let mut out = String::with_capacity(39);
    let mut index = 0;
    while index < 8 {
        if longest.len() > 1 && index == longest.start {
            out.push_str(if index == 0 { "::" } else { ":" });
            index = longest.end;
            continue;
        }
        write!(out, "{:x}", pieces[index]).expect("writing to a string does not fail");
        if index < 7 {
            out.push(':');
        }
        index += 1;
    }
    out
}
