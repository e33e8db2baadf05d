//! Known answers: from Unicode's documents, and the laws that set clocks.

use holm_host_api::codes::Pure;
use holm_host_api::fields::{Field, Malformed, Reader, Writer};

use crate::pure::call;

#[derive(Clone, Copy)]
enum Given<'a> {
    Text(&'a str),
    Number(u32),
    Seconds(f64),
}

use Given::{Number, Seconds, Text};

/// The fields of the answer, as text.
fn answer(function: Pure, list: &[Given<'_>]) -> Result<Vec<String>, Malformed> {
    let mut fields = Writer::new();
    for field in list {
        match field {
            Text(text) => fields.str(text),
            Number(number) => fields.u32(*number),
            Seconds(seconds) => fields.f64(*seconds),
        };
    }
    let answer = call(function, &mut Reader::new(&fields.finish()))?;
    let mut reader = Reader::new(&answer);
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(match reader.field()? {
            Field::Null => "null".to_owned(),
            Field::U32(number) => number.to_string(),
            Field::F64(number) => number.to_string(),
            Field::Str(text) => text.to_owned(),
            Field::Bytes(bytes) => format!("{bytes:?}"),
        });
    }
    Ok(found)
}

#[track_caller]
fn check(function: Pure, list: &[Given<'_>], expected: &[&str]) {
    assert_eq!(
        answer(function, list).expect("the fields are well formed"),
        expected,
        "{function:?}"
    );
}

#[test]
fn a_zone_has_an_offset_between_two_changes() {
    let at =
        |zone, seconds, expected: &[&str]| check(Pure::TimeZoneAt, &[Text(zone), Seconds(seconds)], expected);
    // The European Union's summer of 2024, from its first second to its last.
    let summer = ["7200", "1", "1711846800", "1729990800"];
    at("Europe/Vienna", 1_711_846_800.0, &summer);
    at("europe/vienna", 1_729_990_799.0, &summer);
    at(
        "Europe/Vienna",
        1_711_846_799.0,
        &["3600", "0", "1698541200", "1711846800"],
    );
    // Mean local time, to the second.
    at(
        "Europe/Vienna",
        -3_000_000_000.0,
        &["3921", "0", "null", "-2422055121"],
    );
    // India knows no change after the war, Samoa jumped over a day.
    at("Asia/Kolkata", 1.7e9, &["19800", "0", "-764145000", "null"]);
    at(
        "Pacific/Apia",
        1_325_239_199.0,
        &["-36000", "1", "1316872800", "1325239200"],
    );
    // Summer is summer, though Irish law calls winter the exception.
    at(
        "Europe/Dublin",
        1_718_000_000.0,
        &["3600", "1", "1711846800", "1729990800"],
    );
    at(
        "Europe/Dublin",
        1_700_000_000.0,
        &["0", "0", "1698541200", "1711846800"],
    );
    at("Mars/Olympus", 0.0, &[]);
}

#[test]
fn rules_go_on_beyond_every_calendar() {
    let [offset, summer, ..] =
        &answer(Pure::TimeZoneAt, &[Text("Europe/Vienna"), Seconds(8.64e12)]).expect("well formed")[..]
    else {
        panic!("the zone is there");
    };
    assert_eq!((offset.as_str(), summer.as_str()), ("7200", "1"));
    for seconds in [-8.64e12, 8.64e12] {
        assert!(
            answer(Pure::TimeZoneAt, &[Text("America/New_York"), Seconds(seconds)]).is_ok(),
            "{seconds}"
        );
    }
    for seconds in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
        assert_eq!(
            answer(Pure::TimeZoneAt, &[Text("UTC"), Seconds(seconds)]),
            Err(Malformed::Type)
        );
    }
}

#[test]
fn names_are_spelled_as_in_the_database() {
    check(
        Pure::TimeZoneName,
        &[Text("america/new_york")],
        &["America/New_York"],
    );
    check(Pure::TimeZoneName, &[Text("../../etc/passwd")], &[]);
}

#[test]
fn tags_are_made_canonical_or_are_none() {
    let canonical = |tag, expected: &[&str]| check(Pure::LanguageTag, &[Number(0), Text(tag)], expected);
    canonical("EN-us", &["en-US"]);
    canonical("iw", &["he"]);
    canonical("e", &[]);
    check(Pure::LanguageTag, &[Number(1), Text("zh-TW")], &["zh-Hant-TW"]);
    check(Pure::LanguageTag, &[Number(2), Text("en-Latn-US")], &["en"]);
}

#[test]
fn texts_are_ordered_by_language_strength_and_number() {
    let order = |locale, strength, flags, a, b, expected| {
        check(
            Pure::Collate,
            &[Text(locale), Number(strength), Number(flags), Text(a), Text(b)],
            &[expected],
        );
    };
    order("en", 3, 0, "a", "B", "0");
    order("en", 3, 0, "résumé", "resume", "2");
    order("en", 0, 0, "résumé", "Resume", "1");
    order("en", 3, 0, "file10", "file9", "0");
    order("en", 3, 1, "file10", "file9", "2");
    order("de", 3, 0, "ä", "z", "0");
    order("sv", 3, 0, "ä", "z", "2");
    order("en", 3, 4, "A", "a", "0");
    assert_eq!(
        answer(
            Pure::Collate,
            &[Text("?"), Number(0), Number(0), Text(""), Text("")]
        ),
        Err(Malformed::Type)
    );
}

#[test]
fn boundaries_count_utf16() {
    check(
        Pure::Segment,
        &[Text("en"), Number(0), Text("e\u{301}👍x")],
        &["[2, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0]"],
    );
    check(
        Pure::Segment,
        &[Text("en"), Number(1), Text("Hi, 7")],
        &["[2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0]", "[1, 0, 0, 1]"],
    );
    check(Pure::Segment, &[Text("en"), Number(2), Text("")], &["[]"]);
}

#[test]
fn turkish_has_its_own_case() {
    check(Pure::LocaleCase, &[Text("tr"), Number(1), Text("iı")], &["İI"]);
    check(Pure::LocaleCase, &[Text("en"), Number(0), Text("ABC")], &["abc"]);
}

#[test]
fn data_is_that_of_the_first_key_there_is() {
    check(
        Pure::IntlData,
        &[Text("de-AT/currencies/EUR"), Text("de/currencies/EUR")],
        &[r#"["Euro","€","€"]"#],
    );
    check(Pure::IntlData, &[Text("xx/dates")], &[]);
}

#[test]
fn a_tag_has_an_end() {
    let tag = |length: usize| format!("en-x{}", "-abcdefgh".repeat(length / 9));
    check(Pure::LanguageTag, &[Number(0), Text(&tag(900))], &[&tag(900)]);
    check(Pure::LanguageTag, &[Number(0), Text(&tag(9_000))], &[]);
}

#[test]
fn texts_without_an_end_are_compared_in_time_that_grows_with_their_length() {
    let marks = |last: &str| format!("a{}{last}", "\u{323}\u{301}\u{327}\u{345}".repeat(250_000));
    let compare = |a: &str, b: &str, expected| {
        check(
            Pure::Collate,
            &[Text("en"), Number(3), Number(0), Text(a), Text(b)],
            &[expected],
        );
    };
    compare(&marks("b"), &marks("c"), "0");
    compare(&marks("c"), &marks("c"), "1");
    compare(&marks("c"), &marks("b"), "2");
    // One number of half a million digits.
    let digits = |last: &str| format!("{}{last}", "1".repeat(500_000));
    check(
        Pure::Collate,
        &[
            Text("en"),
            Number(3),
            Number(1),
            Text(&digits("1")),
            Text(&digits("2")),
        ],
        &["0"],
    );
    // What is written by hand is not touched: two orders of the same marks are the same text.
    compare("a\u{323}\u{301}", "a\u{301}\u{323}", "1");
}
