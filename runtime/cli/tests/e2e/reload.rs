//! `holm serve --watch`: new versions take the place of old ones, whole, or not at all.

use crate::client::get;
use crate::holm::{with_files, write};
use crate::server::Server;

#[test]
fn a_changed_file_is_served_and_a_broken_one_is_not() {
    let sources = with_files(&[
        (
            "main.mjs",
            "import { text } from './text.mjs'; export default () => new Response(text)",
        ),
        ("text.mjs", "export const text = 'one'"),
    ]);
    let server = Server::start(sources.path(), &["--watch"], "main.mjs");
    server.ask(&get("/")).is(200, "one");
    write(sources.path(), "text.mjs", "export const text = 'two!'");
    server.says("reloaded main");
    server.ask(&get("/")).is(200, "two!");
    write(sources.path(), "text.mjs", "export const text = (");
    server.says("the version of main before is still served");
    server.ask(&get("/")).is(200, "two!");
    write(
        sources.path(),
        "text.mjs",
        "export const text = 'three'; // mended",
    );
    server.says_often("reloaded main", 2);
    server.ask(&get("/")).is(200, "three");
}

#[test]
fn functions_come_and_go_and_the_configuration_counts() {
    let sources = with_files(&[(
        "f/one.mjs",
        "export default (request, env) => new Response('one ' + env.NAME)",
    )]);
    let server = Server::start(sources.path(), &["--watch"], "f");
    server.ask(&get("/one")).is(200, "one undefined");
    write(
        sources.path(),
        "f/two.mjs",
        "export default () => new Response('two')",
    );
    server.says("added two");
    server.ask(&get("/two")).is(200, "two");
    std::fs::remove_file(sources.path().join("f/two.mjs")).expect("it is there");
    server.says("removed two");
    server.ask(&get("/two")).refuses(404, "not_found");
    write(sources.path(), "f/holm.toml", "[env]\nNAME = 'holm'");
    server.says("reloaded one");
    server.ask(&get("/one")).is(200, "one holm");
    write(sources.path(), "f/holm.toml", "[envs]\nNAME = 'other'");
    server.says("what was served before is still served");
    server.ask(&get("/one")).is(200, "one holm");
}
