//! TLS: HTTP/1.1 and HTTP/2 by ALPN, and certificates that must not pass.

use std::sync::Arc;

use bytes::Bytes;
use holm_core::FailureKind;
use holm_egress::{Egress, EgressConfig, EgressError, RequestBody, Roots, body_channel};
use http::Version;
use http_body_util::BodyExt;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::world::{Answer, Server, TestClock, World, ok, request, text};

/// An authority of our own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    fn server(
        &self,
        name: &str,
        alpn: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .expect("a certificate and its key");
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    fn world(&self) -> World {
        World::with(|config| config.extra_roots_pem = Some(self.pem.clone()))
    }
}

async fn tell_version(request: http::Request<hyper::body::Incoming>) -> Answer {
    let version = request.version();
    let body = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    ok(format!("{version:?} {}", String::from_utf8_lossy(&body)))
}

#[tokio::test]
async fn http_2_and_http_1_are_spoken_as_the_server_can() {
    let authority = Authority::new("ours");
    for (alpn, version, status_text) in [
        (&["h2", "http/1.1"][..], Version::HTTP_2, ""),
        (&["http/1.1"], Version::HTTP_11, "OK"),
        (&[], Version::HTTP_11, "OK"),
    ] {
        let server = Server::https(authority.server("api.test", alpn, |_| {}), tell_version).await;
        let world = authority.world();
        world.public("api.test", &server).public("api.test.", &server);
        let session = world.session(&["https://api.test"]);

        let (writer, reader) = body_channel();
        let mut post = request("POST", "https://api.test/");
        post.body = RequestBody::Stream(reader);
        post.headers = "connection\nkeep-alive\nhost\nevil.test\ntransfer-encoding\nchunked".to_owned();
        let write = async move {
            writer.write(Bytes::from_static(b"hel")).await.expect("taken");
            writer.write(Bytes::from_static(b"lo")).await.expect("taken");
            writer.finish().await.expect("taken");
        };
        let (response, ()) = tokio::join!(world.egress.fetch(&session, post), write);
        let response = response.unwrap_or_else(|failure| panic!("{}", failure.message));
        assert_eq!(response.head.status_text, status_text);
        assert_eq!(text(response).await.expect("text"), format!("{version:?} hello"));

        assert_eq!(
            world.text(&session, "https://api.test/").await.expect("text"),
            format!("{version:?} ")
        );
        assert_eq!(server.connections(), 1, "the connection is reused");
        assert_eq!(
            world.text(&session, "https://api.test./").await.expect("text"),
            format!("{version:?} ")
        );
    }
}

#[tokio::test]
async fn many_requests_share_one_http_2_connection_within_a_tenant_only() {
    let authority = Authority::new("ours");
    let server = Server::https(authority.server("api.test", &["h2"], |_| {}), tell_version).await;
    let world = authority.world();
    world.public("api.test", &server);
    let session = world.session(&["https://api.test"]);
    assert!(world.text(&session, "https://api.test/").await.is_ok());
    let all =
        futures_util::future::join_all((0..20).map(|_| world.text(&session, "https://api.test/"))).await;
    assert!(all.iter().all(|result| result.as_deref() == Ok("HTTP/2.0 ")));
    assert_eq!(server.connections(), 1);
    let other = world.session_with("other", &["https://api.test"], |_| {});
    assert!(world.text(&other, "https://api.test/").await.is_ok());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn certificates_that_prove_nothing_are_refused() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let table = [
        (
            theirs.server("api.test", &[], |_| {}),
            "the certificate is from an issuer that is not trusted",
        ),
        (
            ours.server("other.test", &[], |_| {}),
            "the certificate is for another name",
        ),
        (
            ours.server("api.test", &[], |params| {
                params.not_after = rcgen::date_time_ymd(2001, 1, 1);
            }),
            "the certificate has expired",
        ),
        (
            ours.server("api.test", &[], |params| {
                params.not_before = rcgen::date_time_ymd(3001, 1, 1);
            }),
            "the certificate is not valid yet",
        ),
    ];
    for (config, expected) in table {
        let server = Server::https(config, tell_version).await;
        let world = ours.world();
        world.public("api.test", &server);
        let failure = world
            .get(&world.session(&["https://api.test"]), "https://api.test/")
            .await
            .expect_err(expected);
        assert_eq!(failure.kind, FailureKind::Network);
        assert_eq!(failure.message, format!("TLS with `api.test` failed: {expected}"));
    }

    let plain = Server::http(tell_version).await;
    let world = ours.world();
    world.public("api.test", &plain);
    let failure = world
        .get(&world.session(&["https://api.test"]), "https://api.test/")
        .await
        .expect_err("no TLS");
    assert_eq!(
        failure.message,
        "TLS with `api.test` failed: the server does not speak TLS on this port"
    );

    let server = Server::https(ours.server("api.test", &[], |_| {}), tell_version).await;
    let world = World::new();
    world.public("api.test", &server);
    let failure = world
        .get(&world.session(&["https://api.test"]), "https://api.test/")
        .await
        .expect_err("unknown");
    assert!(
        failure.message.ends_with("from an issuer that is not trusted"),
        "the bundled roots do not know it"
    );
}

#[tokio::test]
async fn an_address_is_verified_by_its_certificate() {
    let authority = Authority::new("ours");
    let server = Server::https(authority.server("127.0.0.1", &[], |_| {}), tell_version).await;
    let world = authority.world();
    let url = format!("https://{}/", server.address);
    let session = world.session(&[&format!("private {url}")]);
    assert_eq!(world.text(&session, &url).await.as_deref(), Ok("HTTP/1.1 "));
}

#[tokio::test]
async fn the_systems_roots_do_not_know_our_authority() {
    let authority = Authority::new("ours");
    let server = Server::https(authority.server("api.test", &[], |_| {}), tell_version).await;
    let world = World::with(|config| config.roots = Roots::System);
    world.public("api.test", &server);
    let failure = world
        .get(&world.session(&["https://api.test"]), "https://api.test/")
        .await
        .expect_err("unknown");
    assert_eq!(failure.kind, FailureKind::Network);
    let both = World::with(|config| {
        config.roots = Roots::System;
        config.extra_roots_pem = Some(authority.pem.clone());
    });
    both.public("api.test", &server);
    assert_eq!(
        both.text(&both.session(&["https://api.test"]), "https://api.test/")
            .await
            .as_deref(),
        Ok("HTTP/1.1 ")
    );
}

#[test]
fn a_configuration_that_cannot_work_is_refused() {
    let with = |change: fn(&mut EgressConfig)| {
        let mut config = EgressConfig::new(Arc::new(TestClock::default()));
        change(&mut config);
        Egress::new(config)
    };
    assert!(with(|_| {}).is_ok());
    for pem in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let mut config = EgressConfig::new(Arc::new(TestClock::default()));
        config.extra_roots_pem = Some(pem.to_owned());
        assert!(matches!(Egress::new(config), Err(EgressError::Roots(_))), "{pem}");
    }
    let error = with(|config| config.user_agent = "a\nb".to_owned()).expect_err("two lines");
    assert!(error.to_string().contains("cannot be a user agent"), "{error}");
}
