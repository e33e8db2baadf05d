//! Forms of addresses, as a function may write them in a URL or a resolver may answer them.

use std::net::IpAddr;

use holm_policy::address::{Access, check};
use holm_policy::{AddressClass, Decision, Policy, Request, Rule, classify};
use url::Url;

#[test]
fn every_range_has_its_class() {
    use AddressClass::{
        Broadcast, Cgnat, Documentation, LinkLocal, Loopback, Metadata, Multicast, Private, Public, Reserved,
        Unspecified,
    };
    let table = [
        ("1.1.1.1", Public),
        ("8.8.8.8", Public),
        ("172.15.255.255", Public),
        ("172.32.0.0", Public),
        ("192.167.255.255", Public),
        ("100.63.255.255", Public),
        ("100.128.0.0", Public),
        ("223.255.255.255", Public),
        ("0.0.0.0", Unspecified),
        ("0.1.2.3", Unspecified),
        ("10.0.0.1", Private),
        ("10.255.255.255", Private),
        ("172.16.0.1", Private),
        ("172.31.255.255", Private),
        ("192.168.1.1", Private),
        ("100.64.0.1", Cgnat),
        ("100.127.255.255", Cgnat),
        ("127.0.0.1", Loopback),
        ("127.255.255.255", Loopback),
        ("169.254.1.1", LinkLocal),
        ("169.254.169.254", Metadata),
        ("169.254.170.2", Metadata),
        ("100.100.100.200", Metadata),
        ("168.63.129.16", Metadata),
        ("192.0.0.192", Metadata),
        ("192.0.0.8", Reserved),
        ("192.0.2.1", Documentation),
        ("198.51.100.1", Documentation),
        ("203.0.113.1", Documentation),
        ("192.88.99.1", Reserved),
        ("198.18.0.1", Reserved),
        ("198.19.255.255", Reserved),
        ("224.0.0.1", Multicast),
        ("239.255.255.255", Multicast),
        ("240.0.0.1", Reserved),
        ("255.255.255.254", Reserved),
        ("255.255.255.255", Broadcast),
        ("2606:4700::1111", Public),
        ("2a00:1450:4001::1", Public),
        ("::", Unspecified),
        ("::1", Loopback),
        ("::2", Unspecified), // compatible with 0.0.0.2
        ("::127.0.0.1", Loopback),
        ("::8.8.8.8", Reserved),
        ("::ffff:8.8.8.8", Public),
        ("::ffff:127.0.0.1", Loopback),
        ("::ffff:10.0.0.1", Private),
        ("::ffff:169.254.169.254", Metadata),
        ("::ffff:0.0.0.0", Unspecified),
        ("::ffff:0:8.8.8.8", Reserved),
        ("::ffff:0:127.0.0.1", Loopback),
        ("64:ff9b::8.8.8.8", Public),
        ("64:ff9b::127.0.0.1", Loopback),
        ("64:ff9b::10.0.0.1", Private),
        ("64:ff9b::169.254.169.254", Metadata),
        ("64:ff9b:1::8.8.8.8", Unspecified), // read as /48 it is 0.0.0.0
        ("64:ff9b:1:808:8:800::", Loopback.max(Unspecified)),
        ("64:ff9b:1:a9fe:a9:fe00::", Metadata),     // /48
        ("64:ff9b:1:1::169.254.169.254", Metadata), // /96
        ("2002:808:808::1", Reserved),
        ("2002:7f00:1::1", Loopback),
        ("2002:a9fe:a9fe::1", Metadata),
        ("2002:c0a8:101::1", Private),
        ("2001:0:808:808::f7f7:f7f7", Reserved), // Teredo, client 8.8.8.8
        ("2001:0:808:808::80ff:fffe", Loopback), // Teredo, client 127.0.0.1
        ("2001:0:7f00:1::f7f7:f7f7", Loopback),  // Teredo, server 127.0.0.1
        ("2a00::5efe:10.0.0.1", Private),        // ISATAP
        ("2a00::200:5efe:127.0.0.1", Loopback),
        ("2001:db8::1", Documentation),
        ("3fff::1", Documentation),
        ("2001:2::1", Reserved),
        ("2001:10::1", Reserved),
        ("100::1", Reserved),
        ("5f00::1", Reserved),
        ("4000::1", Reserved),
        ("fc00::1", Private),
        ("fdff::1", Private),
        ("fd00:ec2::254", Metadata),
        ("fd20:ce::254", Metadata),
        ("fec0::1", Private),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fe80::a9fe:a9fe", Metadata),
        ("ff02::1", Multicast),
        ("ffff::1", Multicast),
    ];
    for (text, class) in table {
        let address: IpAddr = text.parse().expect(text);
        assert_eq!(classify(address), class, "{text}");
    }
}

#[test]
fn a_private_rule_opens_private_addresses_and_never_metadata() {
    let address = |text: &str| text.parse::<IpAddr>().expect(text);
    assert_eq!(check(address("1.1.1.1"), false), Ok(()));
    for text in [
        "127.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.7.7",
        "fd00::1",
        "fe80::1",
        "192.0.2.1",
        "240.0.0.1",
    ] {
        assert!(check(address(text), false).is_err(), "{text}");
        assert_eq!(check(address(text), true), Ok(()), "{text}");
    }
    for text in [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fd00:ec2::254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        let class = check(address(text), true).expect_err(text);
        assert_eq!(class.access(), Access::Never, "{text}");
    }
}

/// The URL parser brings every spelling of an address to the address, so that none escapes the classes.
#[test]
fn every_spelling_of_an_address_is_denied_like_the_address() {
    let any = Policy::parse(&["http://*"]).expect("a policy");
    let loopback = [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0x7F.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0177.0x0.0.1/",
        "http://127.0.0.1./",
        "http://%31%32%37.0.0.1/",
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http:127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http:////127.0.0.1/",
        "\thttp://127.0.0.1/",
        "http://127.\n0.0.1/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[0000::0001]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
    ];
    for text in loopback {
        let url = Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        match any.decide(&Request {
            method: "GET",
            url: &url,
        }) {
            Decision::Denied { reason } => assert!(reason.contains("a loopback address"), "{text}: {reason}"),
            Decision::Allowed { .. } => panic!("{text} is allowed, as {url}"),
        }
    }
    let metadata = [
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://169.16689662/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[fd00:ec2::254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
    ];
    for text in metadata {
        let url = Url::parse(text).expect(text);
        match any.decide(&Request {
            method: "GET",
            url: &url,
        }) {
            Decision::Denied { reason } => assert!(reason.contains("no rule can open"), "{text}: {reason}"),
            Decision::Allowed { .. } => panic!("{text} is allowed, as {url}"),
        }
    }
    for text in [
        "http://1.1.1.1/",
        "http://16843009/",
        "http://0x01010101/",
        "http://[2606:4700::1111]/",
    ] {
        let url = Url::parse(text).expect(text);
        let decision = any.decide(&Request {
            method: "GET",
            url: &url,
        });
        assert!(
            matches!(decision, Decision::Allowed { .. }),
            "{text}: {decision:?}"
        );
    }
}

#[test]
fn addresses_that_are_none_do_not_parse() {
    for text in [
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://256.0.0.1/",
        "http://127.0.0.1.5/",
        "http://4294967296/",
        "http://0x100000000/",
        "http://127.0.0.08/",
        "http://[::1/",
        "http://::1/",
        "http://[127.0.0.1]/",
        "http://a b/",
        "http://%00/",
    ] {
        assert!(
            Url::parse(text).is_err(),
            "{text} parses as {:?}",
            Url::parse(text)
        );
    }
}

#[test]
fn an_exact_private_address_needs_a_private_rule() {
    let url = Url::parse("http://127.1:8080/x").expect("a URL");
    let request = Request {
        method: "GET",
        url: &url,
    };
    let private = Policy::new(vec![
        Rule::parse("private http://127.0.0.1:8080/").expect("a rule"),
    ]);
    assert!(matches!(
        private.decide(&request),
        Decision::Allowed {
            rule: 0,
            allow_private: true,
            ..
        }
    ));
    let error = Rule::parse("http://127.0.0.1:8080/").expect_err("not without `private`");
    assert!(
        error
            .to_string()
            .contains("write `private http://127.0.0.1:8080`"),
        "{error}"
    );
}
