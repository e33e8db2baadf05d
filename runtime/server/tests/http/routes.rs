//! Which function a path belongs to, and what is told about the others.

use std::collections::BTreeMap;

use holm_server::{Config, Entry, Routes};
use tokio::io::AsyncWriteExt;

use crate::client::{rest, status};
use crate::programs::{hello, slow, until_waiting};
use crate::scripted::World;
use crate::server::{entry, one, short, start};

#[tokio::test]
async fn a_folder_has_its_functions_at_their_names_and_a_page_that_lists_them() {
    let world = World::new();
    let broken = Entry {
        source: "functions/bad.js".into(),
        function: Err("SyntaxError: <x>".into()),
    };
    let routes = BTreeMap::from([
        ("f".to_owned(), entry(world.deploy(hello()))),
        ("bad".to_owned(), broken),
    ]);
    let server = start(&world, Routes::Folder(routes), Config { dev: true, ..short() }).await;
    for path in ["/f", "/f/", "/f/deep?q"] {
        assert!(
            server
                .get(path)
                .await
                .ends_with(&format!("http://example.test{path}"))
        );
    }
    let page = server.get("/").await;
    for part in [
        "text/html",
        "<a href=\"/f\">/f</a>",
        "fetch",
        "version-of-f",
        "functions/f.js",
        "SyntaxError: &lt;x&gt;",
    ] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    let answer = server.get("/other").await;
    assert_eq!(status(&answer), "404");
    assert!(
        answer.contains(r#""code":"not_found""#) && answer.contains(r#""functions":["/bad","/f"]"#),
        "{answer}"
    );
    let answer = server.get("/bad").await;
    assert_eq!(status(&answer), "503");
    assert!(
        answer.contains(r#""code":"not_deployed""#) && answer.contains("SyntaxError"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_there_is_told_in_dev_mode_only() {
    let world = World::new();
    let routes = BTreeMap::from([("secret".to_owned(), entry(world.deploy(hello())))]);
    let server = start(&world, Routes::Folder(routes), short()).await;
    let answer = server.get("/other").await;
    assert!(status(&answer) == "404" && !answer.contains("secret"), "{answer}");
}

#[tokio::test]
async fn the_page_tells_paths_and_load_errors_in_dev_mode_only() {
    let world = World::new();
    let at = |name: &str| format!("/srv/host-path/{name}.js");
    let good = Entry {
        source: at("good"),
        ..entry(world.deploy(hello()))
    };
    let bad = Entry {
        source: at("bad"),
        function: Err("TypeError: key=hunter2\n    at /srv/host-path/bad.js:1:1".into()),
    };
    let routes = Routes::Folder([("good".to_owned(), good), ("bad".to_owned(), bad)].into());
    for dev in [true, false] {
        let server = start(&world, routes.clone(), Config { dev, ..short() }).await;
        let page = server.get("/").await;
        for part in [">/good<", ">good.js<", ">/bad<", ">bad.js<", "not deployed"] {
            // With the path in front, the name does not stand alone.
            let shown = page.contains(part) || dev && page.contains(&part.replace('>', "/"));
            assert!(shown, "{part} is missing: {page}");
        }
        for part in ["/srv/host-path/good.js", "/srv/host-path/bad.js:1:1", "hunter2"] {
            assert_eq!(page.contains(part), dev, "{part} with dev {dev}: {page}");
        }
        assert_eq!(page.contains("host-path"), dev, "{page}");
    }
}

#[tokio::test]
async fn functions_are_swapped_at_once_and_requests_under_way_keep_theirs() {
    let world = World::new();
    let server = one(&world, slow()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await
        .expect("taken");
    until_waiting(&world, 1).await;
    server
        .app
        .replace_routes(Routes::One(entry(world.deploy(hello()))));
    assert!(server.get("/new").await.ends_with("/new"));
    world.release.add_permits(1);
    assert!(rest(&mut stream).await.ends_with("late"));
}

#[tokio::test]
async fn health_is_told_below_a_path_that_no_function_gets() {
    let world = World::new();
    let server = one(&world, hello()).await;
    assert!(server.get("/_holm/healthz").await.ends_with("ok\n"));
    assert!(server.get("/_holm/readyz").await.ends_with("ready\n"));
    assert_eq!(status(&server.get("/_holm/other").await), "404");
}
