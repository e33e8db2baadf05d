//! Containers that are started ahead, and what is left behind.

use std::time::Duration;

use holm_core::Outcome;
use holm_docker::{DaemonError, DockerBackend, PoolConfig};

use crate::common::{Docker, commonjs, docker, docker_with, limits};

fn pool(size: usize, wait_ms: u64) -> Option<PoolConfig> {
    let wait = Duration::from_millis(wait_ms);
    Some(PoolConfig {
        size,
        wait,
        limits: limits(),
    })
}

/// What the engine knows of a test's containers.
async fn containers(docker: &Docker) -> usize {
    containers_of(&docker.config.socket, &docker.config.node).await
}

async fn containers_of(socket: &std::path::Path, node: &str) -> usize {
    let engine = bollard::Docker::connect_with_socket(
        socket.to_str().expect("a path"),
        30,
        bollard::API_DEFAULT_VERSION,
    );
    let filters =
        std::collections::HashMap::from([("label".to_owned(), vec![format!("dev.holm.node={node}")])]);
    let options = bollard::query_parameters::ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    engine
        .expect("it is there")
        .list_containers(Some(options))
        .await
        .expect("it answers")
        .len()
}

#[tokio::test]
async fn each_execution_has_a_container_of_its_own() {
    let Some(docker) = docker("own", pool(2, 60_000)).await else {
        return;
    };
    for _ in 0..4 {
        let ran = docker
            .script(commonjs(
                "const fs = require('fs'); console.log(fs.existsSync('/tmp/mark'), globalThis.mark); fs.writeFileSync('/tmp/mark', ''); globalThis.mark = 1",
            ))
            .await;
        assert_eq!(ran.stdout, "false undefined\n", "{ran:?}");
    }
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn an_empty_pool_is_busy_after_its_wait() {
    let Some(docker) = docker("busy", pool(1, 0)).await else {
        return;
    };
    let ran = docker.script(commonjs("console.log(1)")).await;
    assert!(matches!(ran.report.outcome, Outcome::Busy { .. }), "{ran:?}");
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn other_limits_get_a_container_of_their_own() {
    let Some(docker) = docker("cold", pool(0, 0)).await else {
        return;
    };
    let bounds = holm_core::Limits {
        fs_bytes: 1 << 20,
        ..limits()
    };
    let ran = docker.script_within(commonjs("console.log(1)"), &bounds).await;
    assert_eq!(ran.exit_code(), 0);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let Some(docker) = docker("left", pool(2, 60_000)).await else {
        return;
    };
    docker.backend.filled().await;
    docker.script(commonjs("console.log(1)")).await;
    let (socket, node) = (docker.config.socket.clone(), docker.config.node.clone());
    assert!(containers(&docker).await > 0);
    docker.backend.shut_down().await;
    assert_eq!(containers_of(&socket, &node).await, 0);
}

#[tokio::test]
async fn an_image_that_is_not_there_is_named() {
    let Some(docker) = docker("image", None).await else {
        return;
    };
    let mut config = docker.config.clone();
    config.image = "holm-no-such-image:none".into();
    let error = DockerBackend::start(config, std::sync::Arc::new(crate::common::Fixed))
        .await
        .expect_err("it is not there");
    assert!(
        matches!(&error, DaemonError::NoImage(name) if name == "holm-no-such-image:none"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_name_is_of_one_process_at_a_time() {
    let Some(docker) = docker("name", None).await else {
        return;
    };
    let second = DockerBackend::start(docker.config.clone(), std::sync::Arc::new(crate::common::Fixed)).await;
    let error = second.expect_err("the name is taken");
    assert!(
        matches!(&error, DaemonError::NameTaken(name) if *name == docker.config.node),
        "{error:?}"
    );
    let config = docker.config.clone();
    docker.backend.shut_down().await;
    let third = DockerBackend::start(config, std::sync::Arc::new(crate::common::Fixed)).await;
    third.expect("the name is free").shut_down().await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_named() {
    let state = tempfile::tempdir().expect("the folder for temporary files can be written");
    let config = holm_docker::DockerConfig {
        socket: state.path().join("none"),
        state: state.path().to_path_buf(),
        ..holm_docker::DockerConfig::default()
    };
    let error = DockerBackend::start(config, std::sync::Arc::new(crate::common::Fixed))
        .await
        .expect_err("it is not there");
    assert!(matches!(error, DaemonError::Unreachable), "{error:?}");
}

#[tokio::test]
async fn a_runtime_that_is_not_there_is_the_worlds_fault() {
    let Some(docker) = docker_with("runtime", None, |config| {
        config.runtime = Some("no-such-runtime".into());
    })
    .await
    else {
        return;
    };
    let ran = docker.script(commonjs("console.log(1)")).await;
    assert!(
        matches!(ran.report.outcome, Outcome::Unavailable { .. }),
        "{ran:?}"
    );
    assert_eq!(containers(&docker).await, 0);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn what_a_killed_process_left_behind_is_removed_at_the_next_start() {
    let Some(first) = docker("killed", pool(1, 60_000)).await else {
        return;
    };
    first.backend.filled().await;
    let mut config = first.config.clone();
    config.pool = None;
    let state = tempfile::tempdir().expect("the folder for temporary files can be written");
    config.state = state.path().to_path_buf();
    let next = DockerBackend::start(config, std::sync::Arc::new(crate::common::Fixed))
        .await
        .expect("it is there");
    // The first one's pool has not noticed yet and finds its container gone.
    assert_eq!(containers(&first).await, 0);
    next.shut_down().await;
    first.backend.shut_down().await;
}

/// Hands every connection on to the engine, until it is dropped.
fn between(path: &std::path::Path, engine: std::path::PathBuf) -> tokio::task::JoinHandle<()> {
    let listener = tokio::net::UnixListener::bind(path).expect("the folder is ours");
    tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let engine = engine.clone();
            connections.spawn(async move {
                if let Ok(mut far) = tokio::net::UnixStream::connect(engine).await {
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                }
            });
        }
    })
}

#[tokio::test]
async fn an_engine_that_goes_away_in_the_middle_is_the_worlds_fault() {
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    let path = folder.path().join("engine");
    let mut engine = None;
    let (proxied, proxy) = (path.clone(), std::cell::Cell::new(None));
    let docker = docker_with("gone", None, |config| {
        proxy.set(Some(between(&proxied, config.socket.clone())));
        engine = Some(std::mem::replace(&mut config.socket, proxied));
    });
    let (Some(docker), Some(proxy), Some(engine)) = (docker.await, proxy.take(), engine) else {
        return;
    };
    let cut = proxy.abort_handle();
    let ran = docker
        .script_watched(
            commonjs("console.log(1); setTimeout(() => {}, 20000)"),
            move || cut.abort(),
        )
        .await;
    assert!(
        matches!(ran.report.outcome, Outcome::Unavailable { .. }),
        "{ran:?}"
    );
    assert_eq!(ran.stdout, "1\n");
    // What could not be removed is found by the next start.
    let mut config = docker.config.clone();
    config.socket.clone_from(&engine);
    let state = tempfile::tempdir().expect("the folder for temporary files can be written");
    config.state = state.path().to_path_buf();
    let next = DockerBackend::start(config, std::sync::Arc::new(crate::common::Fixed))
        .await
        .expect("it is there");
    assert_eq!(containers_of(&engine, &docker.config.node).await, 0);
    next.shut_down().await;
    docker.backend.shut_down().await;
}
