//! The text of rules and the form in the configuration file: what is understood, and what is refused how.

use holm_policy::{Policy, Rule, RuleConfig};

#[test]
fn a_rule_prints_as_it_is_understood() {
    let table = [
        ("https://api.example.com/v1/*", "https://api.example.com/v1/*"),
        ("https://api.example.com/v1/", "https://api.example.com/v1/*"),
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/", "https://api.example.com"),
        ("https://api.example.com/*", "https://api.example.com"),
        ("https://api.example.com", "https://api.example.com"),
        ("HTTPS://API.Example.COM.", "https://api.example.com"),
        ("https://api.example.com:443", "https://api.example.com"),
        ("https://api.example.com:8443", "https://api.example.com:8443"),
        ("http://api.example.com:80/", "http://api.example.com"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*", "https://*"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.bücher.example", "https://*.xn--bcher-kva.example"),
        ("https://example.com/a%20b/*", "https://example.com/a%20b/*"),
        ("https://example.com/ü", "https://example.com/%C3%BC"),
        ("get,post https://example.com", "GET,POST https://example.com"),
        ("GET, POST https://example.com", "GET,POST https://example.com"),
        ("GET ,POST https://example.com", "GET,POST https://example.com"),
        ("GET,get https://example.com", "GET https://example.com"),
        ("x-y https://example.com", "X-Y https://example.com"),
        (
            "private GET, POST http://10.0.0.1",
            "private GET,POST http://10.0.0.1",
        ),
        ("private https://*.example.com", "private https://*.example.com"),
        ("private http://*.localhost", "private http://*.localhost"),
        ("private http://*.lan", "private http://*.lan"),
        ("private http://127.0.0.1:8080/", "private http://127.0.0.1:8080"),
        ("GET private http://[::1]:8080/", "private GET http://[::1]:8080"),
        ("private http://localhost:3000", "private http://localhost:3000"),
        ("private https://*.internal", "private https://*.internal"),
        ("https://1.1.1.1", "https://1.1.1.1"),
        ("https://[2606:4700:0:0::1111]", "https://[2606:4700::1111]"),
    ];
    for (text, printed) in table {
        let rule = Rule::parse(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(rule.to_string(), printed, "{text}");
        assert_eq!(Rule::parse(printed).as_ref(), Ok(&rule), "{text}");
    }
}

#[test]
fn a_rule_that_is_none_says_what_to_write() {
    let table = [
        ("", "write a URL such as `https://api.example.com/v1/*`"),
        ("   ", "it is empty"),
        ("*", "would let the code send whatever it sees to anyone"),
        ("GET *", "write `https://*`"),
        ("api.example.com", "write `https://api.example.com`"),
        ("localhost:3000", "it has no scheme"),
        ("*.example.com", "write `https://*.example.com`"),
        ("ftp://example.com", "the scheme `ftp` is not supported"),
        ("ws://example.com", "the scheme `ws` is not supported"),
        ("file:///etc/passwd", "the scheme `file` is not supported"),
        ("data:text/plain,x", "the scheme `data` is not supported"),
        ("*://example.com", "any scheme would include unencrypted http"),
        (
            "https://a.example https://b.example",
            "write one rule for each URL",
        ),
        ("https://", "it has no host"),
        ("https:///v1", "it has no host"),
        ("https://:443", "it has no host"),
        (
            "https://user:secret@example.com",
            "leave out everything before `@`",
        ),
        ("https://user@example.com", "leave out everything before `@`"),
        ("https://exa*mple.com", "write `*.example.com`"),
        ("https://*example.com", "would match hosts of other owners"),
        (
            "https://api.*.com",
            "a `*` can stand only for whole labels at the start",
        ),
        (
            "https://*.*.example.com",
            "a `*` can stand only for whole labels at the start",
        ),
        ("https://*.com", "write at least `*.example.com`"),
        ("https://*.0.0.1", "there are no names below an address"),
        ("https://0x7f.1", "write `127.0.0.1`"),
        ("https://127.1", "write `127.0.0.1`"),
        ("https://2130706433", "write `127.0.0.1`"),
        ("https://::1", "write `[::1]`"),
        ("https://[fe80::1%25eth0]", "leave out everything from `%` on"),
        ("https://[::g]", "is not a host"),
        ("https://exa mple.com", "or a space in it"),
        ("https://exa<mple.com", "is not a host"),
        ("https://%65xample.com", "write the letters themselves"),
        ("https://a..example", "a label between two dots is empty"),
        ("https://example.com:0", "write a number from 1 to 65535"),
        ("https://example.com:", "write a number from 1 to 65535"),
        ("https://example.com:+80", "write a number from 1 to 65535"),
        ("https://example.com:65536", "write a number from 1 to 65535"),
        ("https://example.com:http", "write a number from 1 to 65535"),
        ("https://example.com:*", "any port would include databases"),
        ("https://example.com/v1?x=1", "a rule has no `?` part"),
        ("https://example.com#top", "a rule has no `#` part"),
        ("https://example.com/v*", "write `/*`"),
        ("https://example.com/v1/*/users", "write `/v1/*`"),
        ("https://example.com/a/../b", "write the path that they lead to"),
        (
            "https://example.com/a/%2e%2E/b",
            "write the path that they lead to",
        ),
        ("G@T https://example.com", "`G@T` is not a method"),
        (
            "CONNECT https://example.com",
            "the method `CONNECT` is never sent",
        ),
        ("http://localhost:3000", "write `private http://localhost:3000`"),
        ("http://*.localhost", "is a loopback address"),
        ("http://10.0.0.1", "is a private address"),
        ("http://[::ffff:127.0.0.1]", "is a loopback address"),
        ("private http://169.254.169.254", "which no rule can open"),
        ("private http://0.0.0.0:80", "which no rule can open"),
        (", http://127.0.0.1:9100", "`,` is not a list of methods"),
        (", https://example.com", "or leave them out to allow every method"),
        (",, https://example.com", "`,,` is not a list of methods"),
        ("GET, https://example.com", "`GET,` is not a list of methods"),
        (",GET https://example.com", "`,GET` is not a list of methods"),
        (
            "GET,,POST https://example.com",
            "write them with a comma between each two",
        ),
        (
            "FOO BAR https://example.com",
            "`FOO BAR` is not a list of methods",
        ),
        (
            "GET,POST HEAD https://example.com",
            "`GET,POST HEAD` is not a list of methods",
        ),
        ("DENY https://example.com", "there are no rules that deny"),
        ("GET,deny https://example.com", "there are no rules that deny"),
        ("Block https://example.com", "there are no rules that deny"),
        ("allow https://example.com", "leave out `allow`"),
        ("https://*.co.uk", "write at least `*.example.co.uk`"),
        ("https://*.CO.UK.", "anyone can register a name below `co.uk`"),
        ("private https://*.co.uk", "write at least `*.example.co.uk`"),
        ("https://*.github.io", "write at least `*.example.github.io`"),
        ("private , http://10.0.0.1", "`,` is not a list of methods"),
        ("private private http://10.0.0.1", "write it once"),
        ("private GET private http://10.0.0.1", "write it once"),
        ("GET, private, POST http://10.0.0.1", "`private` is no method"),
        ("private,GET http://10.0.0.1", "`private` is no method"),
        ("Private http://10.0.0.1", "in lower case and in front"),
        ("private https://*.com", "write at least `*.example.com`"),
        ("private https://*.COM.", "write at least `*.example.com`"),
        ("https://*.internal", "write `private https://*.internal`"),
        ("private https://*", "would open the whole internal network"),
    ];
    for (text, expected) in table {
        let message = Rule::parse(text).expect_err(text).to_string();
        assert!(message.contains(expected), "{text}: {message}");
        assert!(!message.ends_with('.'), "{message}");
    }
    assert!(Rule::parse_private("https://*.com").is_err());
    assert!(Rule::parse_private("private http://10.0.0.1").is_ok_and(|rule| rule.is_private()));
    assert!(Rule::parse_private("http://10.0.0.1:8080").is_ok_and(|rule| rule.is_private()));
}

#[test]
fn a_very_long_rule_is_cut_in_its_error() {
    let message = Rule::parse(&"x".repeat(1_000_000))
        .expect_err("no scheme")
        .problem
        .to_string();
    assert!(message.contains("no scheme"));
    let error = Rule::parse(&format!("ftp://{}", "x".repeat(1_000_000))).expect_err("no such scheme");
    assert!(
        error.to_string().len() < 1_000,
        "{} bytes",
        error.to_string().len()
    );
}

#[derive(serde::Deserialize)]
struct Config {
    allow: Vec<RuleConfig>,
}

fn config(text: &str) -> Result<Vec<RuleConfig>, String> {
    toml::from_str::<Config>(text)
        .map(|config| config.allow)
        .map_err(|error| error.to_string())
}

#[test]
fn a_rule_in_the_configuration_is_a_text_or_a_table() {
    let rules = config(
        r#"allow = [
            "https://api.example.com/v1/*",
            { url = "https://*.example.org", methods = ["get"], headers = { Authorization = "Bearer 123" } },
            { url = "http://10.0.0.7:8080", private = true },
        ]"#,
    )
    .expect("a configuration");
    let policy = Policy::from_config(&rules).expect("a policy");
    let texts: Vec<String> = policy.rules().iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "https://api.example.com/v1/*",
            "GET https://*.example.org",
            "private http://10.0.0.7:8080"
        ]
    );
    let header = &policy.rules()[1].added_headers()[0];
    assert_eq!(
        (header.name.as_str(), header.value.as_str()),
        ("authorization", "Bearer 123")
    );
    assert!(
        !format!("{policy:?} {rules:?}").contains("Bearer"),
        "secrets stay out of debug output"
    );
}

#[test]
fn a_wrong_entry_in_the_configuration_is_named() {
    let unknown =
        config(r#"allow = [{ url = "https://a.example", method = ["GET"] }]"#).expect_err("no such key");
    assert!(
        unknown.contains("unknown field `method`") && unknown.contains("`methods`"),
        "{unknown}"
    );
    let missing = config("allow = [{ private = true }]").expect_err("no url");
    assert!(missing.contains("missing field `url`"), "{missing}");
    let kind = config("allow = [3]").expect_err("a number");
    assert!(kind.contains("a rule such as"), "{kind}");

    let table = [
        (
            r#"{ url = "GET https://a.example", methods = ["POST"] }"#,
            "the methods are given twice",
        ),
        (
            r#"{ url = "https://a.example", methods = ["G T"] }"#,
            "`G T` is not a method",
        ),
        (
            r#"{ url = "https://a.example", methods = [""] }"#,
            "`` is not a method",
        ),
        (
            r#"{ url = "https://a.example", methods = [] }"#,
            "leave `methods` out to allow every method",
        ),
        (
            r#"{ url = "GET https://a.example", methods = [] }"#,
            "`methods` is empty",
        ),
        (
            r#"{ url = "https://a.example", methods = ["private"] }"#,
            "`private` is no method",
        ),
        (
            r#"{ url = "https://a.example", headers = { "x y" = "1" } }"#,
            "`x y` is not a header name",
        ),
        (
            r#"{ url = "https://a.example", headers = { Host = "b.example" } }"#,
            "the header `host` is set by holm",
        ),
        (
            r#"{ url = "https://a.example", headers = { Proxy-Authorization = "b" } }"#,
            "is set by holm",
        ),
        (
            r#"{ url = "https://a.example", headers = { A = "1", a = "2" } }"#,
            "is given twice",
        ),
        (
            r#"{ url = "https://a.example", headers = { a = "1\n2" } }"#,
            "the value of header `a`",
        ),
        (
            r#"{ url = "http://10.0.0.7" }"#,
            "write `private http://10.0.0.7`",
        ),
    ];
    for (entry, expected) in table {
        let rules = config(&format!("allow = [\"https://first.example\", {entry}]")).expect(entry);
        let message = Policy::from_config(&rules).expect_err(entry).to_string();
        assert!(
            message.starts_with("network rule 2: ") && message.contains(expected),
            "{entry}: {message}"
        );
        assert!(!message.contains("1\n2"), "values stay out of messages");
    }
}

#[test]
fn the_rules_in_the_documentation_are_rules() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let page = std::fs::read_to_string(page).expect("docs/policy.md");
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).expect(language);
        rest.split_once("```").expect("the end of the block").0
    };
    for line in block("rules").lines() {
        assert!(Rule::parse(line).is_ok(), "{line}: {:?}", Rule::parse(line));
    }
    // A value there is shortened by a character that no header has.
    let rules = config(&block("toml").replace('…', "x")).expect("a configuration");
    assert_eq!(
        Policy::from_config(&rules).map(|policy| policy.rules().len()),
        Ok(3)
    );

    let (_, table) = page
        .split_once("| written | refused, because |\n|---|---|\n")
        .expect("the table");
    let refused = table.lines().take_while(|line| line.starts_with('|'));
    for line in refused {
        let written = line.split('|').nth(1).expect("the first column");
        for text in written.split('`').skip(1).step_by(2) {
            assert!(Rule::parse(text).is_err(), "{text} is a rule");
        }
    }
}
