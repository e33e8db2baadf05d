//! Whatever is thrown at it: no panic, and a rule is what it prints.

use holm_policy::{Policy, Request, Rule};
use proptest::prelude::*;
use url::Url;

/// Pieces of rules and URLs, put together in any way, reach further than random letters.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "https://",
            "http://",
            "private ",
            "GET,",
            "POST ",
            "*",
            "*.",
            ".",
            ":",
            "443",
            ":8080",
            "/",
            "/*",
            "//",
            "..",
            "%2e",
            "%2f",
            "%",
            "@",
            "?",
            "#",
            "[",
            "]",
            "::1",
            "::ffff:",
            "127.0.0.1",
            "0x7f",
            "017",
            "example",
            ".com",
            "xn--",
            "ü",
            "。",
            "\\",
            " ",
            "\t",
            "localhost",
            ";",
            "~",
            "|",
            "^",
            "{",
            "\u{202e}",
            "\0",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9]{1,3}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn rules() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["", "private "]),
        prop::sample::select(vec!["", "GET ", "GET,POST ", "x-y "]),
        prop::sample::select(vec!["http", "https"]),
        prop_oneof![
            "[a-z]{1,3}(\\.[a-z]{2,4}){1,2}\\.?",
            "\\*\\.[a-z]{1,3}\\.[a-zü]{2,4}",
            Just("*".to_owned()),
            any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
            any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
        ],
        prop_oneof![
            Just(String::new()),
            any::<u16>().prop_map(|port| format!(":{port}"))
        ],
        "(/[a-zA-Z0-9ü%|^~.;=+@:\"<>`{}-]{0,4}){0,3}(/\\*)?",
    )
        .prop_map(|(private, methods, scheme, host, port, path)| {
            format!("{private}{methods}{scheme}://{host}{port}{path}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_is_what_it_prints(text in prop_oneof![pieces(), rules()]) {
        if let Ok(rule) = Rule::parse(&text) {
            let printed = rule.to_string();
            prop_assert_eq!(Rule::parse(&printed), Ok(rule), "{:?} printed as {:?}", text, printed);
        }
    }

    #[test]
    fn deciding_never_panics(rules in prop::collection::vec(rules(), 0..4), method in ".{0,5}", url in pieces()) {
        let policy = Policy::new(rules.iter().filter_map(|text| Rule::parse(text).ok()).collect());
        if let Ok(url) = Url::parse(&url).or_else(|_| Url::parse(&format!("http://{url}"))) {
            let request = Request { method: &method, url: &url };
            let _ = (policy.decide(&request), policy.explain(&request), policy.warnings());
        }
    }

    #[test]
    fn a_rule_without_a_star_allows_its_own_url(text in rules()) {
        if let (Ok(rule), Ok(url)) = (Rule::parse(&text), Url::parse(text.split(' ').next_back().unwrap_or("")))
            && !text.contains('*')
        {
            let method = if text.contains("GET") { "GET" } else { "X-Y" };
            prop_assert_eq!(rule.mismatch(&Request { method, url: &url }), None, "{}", text);
        }
    }
}
