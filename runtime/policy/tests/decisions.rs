//! Every permission beside its denial.

use holm_policy::{Decision, Policy, Request};
use url::Url;

fn decide(rules: &[&str], method: &str, url: &str) -> Result<usize, String> {
    let policy = Policy::parse(rules).unwrap_or_else(|error| panic!("{error}"));
    let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    match policy.decide(&Request { method, url: &url }) {
        Decision::Allowed { rule, .. } => Ok(rule),
        Decision::Denied { reason } => Err(reason),
    }
}

#[test]
fn a_rule_allows_what_it_says_and_nothing_else() {
    let table: &[(&str, &[&str], &[&str])] = &[
        (
            "https://api.example.com",
            &[
                "GET https://api.example.com/",
                "DELETE https://api.example.com/any/path?query=1#fragment",
                "GET https://API.EXAMPLE.COM/",
                "GET https://api.example.com./",
                "GET https://api.example.com:443/",
            ],
            &[
                "GET http://api.example.com/",
                "GET https://api.example.com:8443/",
                "GET https://example.com/",
                "GET https://x.api.example.com/",
                "GET https://api.example.com.evil.example/",
                "GET https://evil.example/?https://api.example.com/",
                "GET https://evil.example#@api.example.com/",
                "GET https://api.example.com@evil.example/",
                "GET https://xapi.example.com/",
            ],
        ),
        (
            "https://*.example.com",
            &["GET https://a.example.com/", "GET https://a.b.example.com./"],
            &[
                "GET https://example.com/",
                "GET https://notexample.com/",
                "GET https://a.example.com.evil.example/",
                "GET https://.example.com/",
                "GET https://a.example.com:444/",
            ],
        ),
        (
            "https://api.example.com/v1/*",
            &[
                "GET https://api.example.com/v1/",
                "GET https://api.example.com/v1/a/b",
                "GET https://api.example.com/x/../v1/a",
            ],
            &[
                "GET https://api.example.com/v1",
                "GET https://api.example.com/v10",
                "GET https://api.example.com/V1/a",
                "GET https://api.example.com/v1/../v2",
                "GET https://api.example.com/v1/%2e%2e/v2",
                "GET https://api.example.com/v1/..%2fv2",
                "GET https://api.example.com/v1/..%5cv2",
                "GET https://api.example.com/v1/%252e%252e%252fv2",
                "GET https://api.example.com/v1/..;/v2",
                "GET https://api.example.com/v1/..;a=b/v2",
                "GET https://api.example.com/v1/%25252525252e/v2",
            ],
        ),
        (
            "https://api.example.com/v1",
            &[
                "GET https://api.example.com/v1",
                "GET https://api.example.com/v1?x",
                "GET https://api.example.com/v1/a",
            ],
            &[
                "GET https://api.example.com/",
                "GET https://api.example.com/v10",
                "GET https://api.example.com/v1%2f..%2fv2",
            ],
        ),
        (
            "GET,POST https://api.example.com",
            &[
                "GET https://api.example.com/",
                "POST https://api.example.com/",
                "post https://api.example.com/",
            ],
            &[
                "DELETE https://api.example.com/",
                "GETX https://api.example.com/",
                " https://api.example.com/",
            ],
        ),
        (
            "https://bücher.example",
            &[
                "GET https://bücher.example/",
                "GET https://BÜCHER.example/",
                "GET https://xn--bcher-kva.example/",
            ],
            &["GET https://bucher.example/"],
        ),
        (
            "https://*",
            &["GET https://anything.example/", "PUT https://1.1.1.1/"],
            &[
                "GET http://anything.example/",
                "GET https://anything.example:444/",
                "GET https://127.0.0.1/",
            ],
        ),
        (
            "private http://127.0.0.1:8080/",
            &["GET http://127.0.0.1:8080/x", "GET http://2130706433:8080/"],
            &[
                "GET http://127.0.0.1/",
                "GET http://127.0.0.2:8080/",
                "GET http://[::1]:8080/",
                "GET http://localhost:8080/",
            ],
        ),
        (
            "private http://[::1]:8080/",
            &["GET http://[::1]:8080/x", "GET http://[0:0::0:1]:8080/"],
            &["GET http://127.0.0.1:8080/", "GET http://[::2]:8080/"],
        ),
    ];
    for (rule, allowed, denied) in table {
        for text in *allowed {
            let (method, url) = text.split_once(' ').expect("method and URL");
            assert_eq!(decide(&[rule], method, url), Ok(0), "{rule}: {text}");
        }
        for text in *denied {
            let (method, url) = text.split_once(' ').expect("method and URL");
            assert!(decide(&[rule], method, url).is_err(), "{rule}: {text}");
        }
    }
}

#[test]
fn no_rules_allow_nothing() {
    let reason = decide(&[], "GET", "https://example.com/a?token=secret").expect_err("closed");
    assert_eq!(
        reason,
        "no network access is allowed, and `GET https://example.com/a` was asked for; the rule \
         `https://example.com` would allow it"
    );
}

#[test]
fn the_first_rule_that_matches_decides() {
    let rules = [
        "GET https://api.example.com/v1/*",
        "https://api.example.com",
        "https://*.example.com",
    ];
    assert_eq!(decide(&rules, "GET", "https://api.example.com/v1/x"), Ok(0));
    assert_eq!(decide(&rules, "POST", "https://api.example.com/v1/x"), Ok(1));
    assert_eq!(decide(&rules, "POST", "https://www.example.com/"), Ok(2));

    // A later rule does not open what the first one that matches keeps closed.
    let rules = ["http://*", "private http://10.0.0.1"];
    let reason = decide(&rules, "GET", "http://10.0.0.1/").expect_err("rule 1 decides");
    assert!(
        reason.contains("rule 1 (`http://*`) allows public addresses only"),
        "{reason}"
    );
    assert_eq!(
        decide(
            &["private http://10.0.0.1", "http://*"],
            "GET",
            "http://10.0.0.1/"
        ),
        Ok(0)
    );
}

#[test]
fn a_denial_names_the_nearest_rule_and_what_would_allow_it() {
    let rules = ["https://other.example", "GET https://api.example.com/v1/*"];
    let reason = decide(&rules, "POST", "https://api.example.com/v1/x").expect_err("another method");
    assert_eq!(
        reason,
        "no network rule allows `POST https://api.example.com/v1/x`; rule 2 (`GET https://api.example.com/v1/*`) is \
         for another method; the rule `https://api.example.com` would allow it"
    );
    let reason = decide(&rules, "GET", "https://api.example.com/v2").expect_err("another path");
    assert!(
        reason.contains("rule 2 (`GET https://api.example.com/v1/*`) is for another path"),
        "{reason}"
    );
    let reason = decide(&rules, "GET", "http://api.example.com/v1/x").expect_err("another scheme");
    assert!(reason.contains("is for another scheme"), "{reason}");
    let reason = decide(&rules, "GET", "https://evil.example:8443/").expect_err("another host");
    assert!(
        !reason.contains("is for") && reason.contains("`https://evil.example:8443` would"),
        "{reason}"
    );
    let reason = decide(&rules, "GET", "http://localhost:3000/").expect_err("another host");
    assert!(
        reason.contains("the rule `private http://localhost:3000` would allow it"),
        "{reason}"
    );
    let reason = decide(&rules, "GET", "http://169.254.169.254/").expect_err("metadata");
    assert!(!reason.contains("would allow"), "{reason}");
    let long = format!("https://evil.example/{}", "x".repeat(100_000));
    assert!(decide(&rules, "GET", &long).expect_err("another host").len() < 1_000);
}

#[test]
fn odd_schemes_userinfo_and_tunnels_are_denied_whatever_the_rules() {
    for (method, url, expected) in [
        ("GET", "ftp://example.com/", "functions speak http and https only"),
        ("GET", "file:///etc/passwd", "functions speak http and https only"),
        ("GET", "data:text/plain,x", "functions speak http and https only"),
        ("GET", "ws://example.com/", "functions speak http and https only"),
        (
            "GET",
            "gopher://example.com:70/",
            "functions speak http and https only",
        ),
        (
            "GET",
            "javascript:alert(1)",
            "functions speak http and https only",
        ),
        (
            "GET",
            "https://user:secret@example.com/",
            "in the `authorization` header instead",
        ),
        (
            "GET",
            "https://user@example.com/",
            "in the `authorization` header instead",
        ),
        ("CONNECT", "https://example.com/", "is never sent"),
        ("trace", "https://example.com/", "is never sent"),
    ] {
        let reason = decide(&["https://*", "http://*"], method, url).expect_err(url);
        assert!(
            reason.contains(expected) && !reason.contains("secret"),
            "{url}: {reason}"
        );
    }
    assert_eq!(decide(&["https://*"], "GET", "https://example.com/"), Ok(0));
}

#[test]
fn explain_tells_how_a_decision_comes_about() {
    let policy =
        Policy::parse(&["https://a.example", "GET https://b.example/v1", "https://*"]).expect("a policy");
    let url = Url::parse("https://b.example/v1").expect("a URL");
    assert_eq!(
        policy.explain(&Request {
            method: "GET",
            url: &url
        }),
        "rule 1 `https://a.example`: is for another host\n\
         rule 2 `GET https://b.example/v1`: matches\n\
         allowed by rule 2, at public addresses only"
    );
    let url = Url::parse("http://c.example/").expect("a URL");
    let text = policy.explain(&Request {
        method: "GET",
        url: &url,
    });
    assert!(
        text.contains("rule 3 `https://*`: is for another scheme\ndenied: "),
        "{text}"
    );
}

#[test]
fn rules_without_effect_are_warned_of() {
    let warnings = |rules: &[&str]| Policy::parse(rules).expect("a policy").warnings();
    assert_eq!(
        warnings(&["https://*.example.com", "GET https://api.example.com/v1/*"]),
        [
            "network rule 2 (`GET https://api.example.com/v1/*`) is never used: rule 1 (`https://*.example.com`) comes \
          first and allows the same"
        ]
    );
    assert!(warnings(&["GET https://api.example.com/v1/*", "https://*.example.com"]).is_empty());
    assert!(warnings(&["https://example.com/v1/*", "https://example.com/v1"]).is_empty());
    assert_eq!(
        warnings(&["https://example.com/v1", "https://example.com/v1/*"]).len(),
        1
    );
}
