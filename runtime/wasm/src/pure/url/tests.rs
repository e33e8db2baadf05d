//! The standard's own test data (web-platform-tests), every case of it, through the encoded fields.

use std::collections::BTreeMap;
use std::path::Path;

use holm_host_api::codes::{Pure, UrlPart};
use holm_host_api::fields::{Field, Reader, Writer};
use serde_json::Value;

/// The parts of a URL as the class `URL` cuts them out of the answer.
type Parts = BTreeMap<&'static str, String>;

/// The data of a file, or `None` (said aloud) where the shared folder is absent. CI must have it.
#[expect(clippy::disallowed_methods, reason = "a test asks whether it runs in CI")]
fn data(file: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/conformance/url")
        .join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            Some(serde_json::from_str(&replace_lone_surrogates(&text)).expect("the test data is JSON"))
        }
        Err(error) => {
            eprintln!("skipped: {} cannot be read ({error})", path.display());
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must have the conformance data"
            );
            None
        }
    }
}

/// Strings of JavaScript may have unpaired surrogates, those of Rust may not: the guest replaces them as well.
fn replace_lone_surrogates(json: &str) -> String {
    let unit = |at: usize| {
        let escape = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(escape, 16).ok()
    };
    let (mut out, mut kept) = (String::with_capacity(json.len()), 0);
    let mut at = 0;
    while let Some(found) = json[at..].find('\\') {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out += &json[kept..at];
                out += "\\ufffd";
                at += 6;
                kept = at;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    out + &json[kept..]
}

fn call(function: Pure, fields: Writer) -> Option<Parts> {
    let fields = fields.finish();
    let answer = crate::pure::call(function, &mut Reader::new(&fields)).expect("the fields are well formed");
    parts(&answer)
}

fn parse(input: &str, base: Option<&str>) -> Option<Parts> {
    let mut fields = Writer::new();
    fields.str(input);
    match base {
        Some(base) => fields.str(base),
        None => fields.null(),
    };
    call(Pure::UrlParse, fields)
}

fn set(href: &str, part: UrlPart, value: &str) -> Option<Parts> {
    let mut fields = Writer::new();
    fields.str(href).u32(part.code()).str(value);
    call(Pure::UrlSet, fields)
}

/// Cuts as guest/builtins/web/url/url.ts does.
fn parts(answer: &[u8]) -> Option<Parts> {
    let mut fields = Reader::new(answer);
    if fields.is_empty() {
        return None;
    }
    let href = fields.str().expect("href");
    assert!(href.is_ascii(), "{href}");
    let mut number = || match fields.field().expect("an offset") {
        Field::U32(u32::MAX) => None,
        Field::U32(value) => Some(value as usize),
        other => panic!("{other:?} is no offset"),
    };
    let mut place = || number().expect("this offset is always there");
    let (protocol_end, username_end, host_start, host_end) = (place(), place(), place(), place());
    let port = number();
    let pathname_start = number().expect("this offset is always there");
    let (search_start, hash_start) = (number(), number());
    assert!(fields.is_empty());
    let search_end = hash_start.unwrap_or(href.len());
    let pathname_end = search_start.unwrap_or(search_end);
    let slice = |from: usize, to: usize| {
        if from < to {
            href[from..to].to_owned()
        } else {
            String::new()
        }
    };
    let marked = |text: String| if text.len() == 1 { String::new() } else { text };
    Some(Parts::from([
        ("href", href.to_owned()),
        ("protocol", slice(0, protocol_end)),
        ("username", slice(protocol_end + 2, username_end)),
        (
            "password",
            if host_start > username_end + 1 {
                slice(username_end + 1, host_start - 1)
            } else {
                String::new()
            },
        ),
        (
            "host",
            slice(host_start, if port.is_some() { pathname_start } else { host_end }),
        ),
        ("hostname", slice(host_start, host_end)),
        ("port", port.map(|port| port.to_string()).unwrap_or_default()),
        ("pathname", slice(pathname_start, pathname_end)),
        (
            "search",
            search_start
                .map(|start| marked(slice(start, search_end)))
                .unwrap_or_default(),
        ),
        (
            "hash",
            hash_start
                .map(|start| marked(slice(start, href.len())))
                .unwrap_or_default(),
        ),
    ]))
}

/// Notes what differs from the members of `expected` that are parts.
fn compare(case: &str, found: Option<&Parts>, expected: &Value, failures: &mut Vec<String>) {
    let Some(found) = found else {
        failures.push(format!("{case}: does not parse"));
        return;
    };
    for (name, value) in found {
        if let Some(expected) = expected[*name].as_str()
            && expected != value
        {
            failures.push(format!("{case}: {name} is {value:?}, not {expected:?}"));
        }
    }
    // What a setter starts from must be what the parser gave.
    let again = parse(&found["href"], None);
    if again.as_ref() != Some(found) {
        failures.push(format!(
            "{case}: is another URL when it is parsed again: {again:?}"
        ));
    }
}

fn assert_none(failures: &[String], cases: usize) {
    assert!(cases > 0, "the file has no cases");
    assert!(
        failures.is_empty(),
        "{} failures in {cases} cases:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn every_case_of_the_parser_holds() {
    let Some(data) = data("urltestdata.json") else {
        return;
    };
    let (mut failures, mut cases) = (Vec::new(), 0);
    for case in data
        .as_array()
        .expect("a list")
        .iter()
        .filter(|case| case.is_object())
    {
        cases += 1;
        let (input, base) = (case["input"].as_str().expect("an input"), case["base"].as_str());
        let name = format!("{input:?} against {base:?}");
        let found = parse(input, base);
        if case["failure"] == true {
            if let Some(found) = found {
                failures.push(format!("{name}: parses as {}", found["href"]));
            }
        } else {
            compare(&name, found.as_ref(), case, &mut failures);
        }
    }
    assert_none(&failures, cases);
}

#[test]
fn every_case_of_the_setters_holds() {
    let Some(data) = data("setters_tests.json") else {
        return;
    };
    let (mut failures, mut cases) = (Vec::new(), 0);
    for &(part, name) in UrlPart::ALL {
        for case in data[name.to_lowercase()].as_array().into_iter().flatten() {
            cases += 1;
            let (href, value) = (
                case["href"].as_str().expect("a URL"),
                case["new_value"].as_str().expect("a value"),
            );
            // From the serialised URL, as the class does.
            let start = parse(href, None).expect("the URL to start from parses");
            let found = set(&start["href"], part, value).unwrap_or(start);
            compare(
                &format!("{name} of {href:?} set to {value:?}"),
                Some(&found),
                &case["expected"],
                &mut failures,
            );
        }
    }
    assert_none(&failures, cases);
}

fn check_domains(file: &str) {
    let Some(data) = data(file) else { return };
    let (mut failures, mut cases) = (Vec::new(), 0);
    for case in data
        .as_array()
        .expect("a list")
        .iter()
        .filter(|case| case.is_object())
    {
        let input = case["input"].as_str().expect("an input");
        // As the tests that come with the data do: an empty host, or one with what ends a host, is another test.
        if input.is_empty() {
            continue;
        }
        cases += 1;
        let mut encoded = String::new();
        for byte in input.bytes() {
            if byte.is_ascii_alphanumeric() {
                encoded.push(char::from(byte));
            } else {
                encoded += &format!("%{byte:02X}");
            }
        }
        for host in [input, encoded.as_str()] {
            let found = parse(&format!("https://{host}/x"), None);
            match (case["output"].as_str(), found) {
                (Some(expected), Some(found)) if found["host"] == expected && found["pathname"] == "/x" => {}
                (None, None) => {}
                (expected, found) => {
                    failures.push(format!(
                        "{host:?} is {:?}, not {expected:?}",
                        found.map(|found| found["host"].clone())
                    ));
                }
            }
        }
    }
    assert_none(&failures, cases);
}

#[test]
fn domains_become_ascii() {
    check_domains("toascii.json");
}

#[test]
fn domains_follow_idna() {
    check_domains("IdnaTestV2.json");
}

#[test]
fn domains_that_idna_once_had_follow_it_still() {
    check_domains("IdnaTestV2-removed.json");
}

#[test]
fn percent_encoding_of_a_query_is_that_of_utf_8() {
    let Some(data) = data("percent-encoding.json") else {
        return;
    };
    let (mut failures, mut cases) = (Vec::new(), 0);
    for case in data
        .as_array()
        .expect("a list")
        .iter()
        .filter(|case| case.is_object())
    {
        // Other encodings belong to documents, which do not exist here.
        let Some(expected) = case["output"]["utf-8"].as_str() else {
            continue;
        };
        cases += 1;
        let input = case["input"].as_str().expect("an input");
        let found = parse(&format!("https://x/?{input}#{input}"), None).expect("it parses");
        for (part, mark) in [("search", '?'), ("hash", '#')] {
            if found[part] != format!("{mark}{expected}") {
                failures.push(format!(
                    "{input:?} in {part} is {:?}, not {expected:?}",
                    found[part]
                ));
            }
        }
    }
    assert_none(&failures, cases);
}

#[test]
fn a_new_href_that_does_not_parse_is_no_url() {
    assert_eq!(set("https://x/", UrlPart::Href, "//y"), None);
}

#[test]
fn the_bytes_of_lone_surrogates_never_get_here() {
    // The boundary carries UTF-8 only; what the guest puts in their place is encoded like any character.
    let found = parse("https://x/\u{fffd}", None).expect("it parses");
    assert_eq!(found["pathname"], "/%EF%BF%BD");
}

#[test]
fn labels_that_would_take_quadratic_time_are_no_domain() {
    // Punycode is quadratic in the length of a label, but a call is charged by its length.
    for label in ["xn--".to_owned() + &"a".repeat(1 << 20), "é".repeat(1 << 20)] {
        assert_eq!(parse(&format!("https://{label}/"), None), None);
    }
}

#[test]
fn long_input_of_every_kind_is_parsed_in_one_pass() {
    let long = 1 << 20;
    let segments = parse(&format!("https://x/{}", "a/../".repeat(long)), None).expect("it parses");
    assert_eq!(segments["pathname"], "/");
    let at_signs = parse(&format!("https://{}x/", "@".repeat(long)), None).expect("it parses");
    assert_eq!(at_signs["username"].len(), 3 * (long - 1));
    assert_eq!(parse(&format!("https://[{}]/", "1:".repeat(long)), None), None);
    assert_eq!(parse(&format!("https://{}1/", "1.".repeat(long)), None), None);
}
