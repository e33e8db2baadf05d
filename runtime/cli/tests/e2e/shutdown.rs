//! The end of a server: in good order, or at once.

use crate::client::{get, read};
use crate::holm::with_files;
use crate::origin::Origin;
use crate::server::Server;

fn waiting(origin: &Origin) -> (tempfile::TempDir, Server, std::net::TcpStream) {
    let source = format!(
        "export default async () => {{ await fetch('{}'); return new Response('finished') }}",
        origin.url("/held")
    );
    let sources = with_files(&[("main.mjs", &source)]);
    let server = Server::start(
        sources.path(),
        &["--allow-private", "--allow", &origin.rule()],
        "main.mjs",
    );
    let request = get("/").send(server.address);
    origin.wait_for(1);
    (sources, server, request)
}

#[test]
fn a_request_under_way_is_finished() {
    for signal in ["TERM", "INT"] {
        let origin = Origin::start();
        let (_sources, mut server, request) = waiting(&origin);
        server.signal(signal);
        server.says("stopping");
        origin.release();
        read(request).is(200, "finished");
        server.says("stopped: every request was finished");
        assert_eq!(server.code(), 0);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let origin = Origin::start();
    let (_sources, mut server, _request) = waiting(&origin);
    server.signal("TERM");
    server.says("stopping");
    server.signal("TERM");
    server.says("stopped: 1 requests were cut");
    assert_eq!(server.code(), 122);
}
