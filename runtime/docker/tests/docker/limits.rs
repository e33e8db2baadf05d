//! Every bound of a container is hit once, and named.

use holm_core::{Limit, Limits, Outcome};

use crate::common::{commonjs, docker, docker_with, limits};

#[tokio::test]
async fn wall_time_ends_a_busy_loop() {
    let Some(docker) = docker("wall", None).await else {
        return;
    };
    let bounds = Limits {
        wall_ms: 1_500,
        ..limits()
    };
    let ran = docker
        .script_within(commonjs("console.log('begins'); for (;;) {}"), &bounds)
        .await;
    assert_eq!((ran.limit(), ran.stdout.as_str()), (Limit::Wall, "begins\n"));
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn wall_time_ends_a_program_that_never_stops_writing() {
    let Some(docker) = docker("flood", None).await else {
        return;
    };
    let bounds = Limits {
        wall_ms: 2_000,
        log_bytes: 1_000,
        ..limits()
    };
    let ran = docker
        .script_within(
            commonjs("for (;;) require('fs').writeSync(1, 'x'.repeat(1000))"),
            &bounds,
        )
        .await;
    assert_eq!((ran.limit(), ran.stdout.len()), (Limit::Wall, 1_000));
    assert!(ran.stderr.contains("limit `log_bytes`"), "{}", ran.stderr);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn cpu_time_is_counted_by_the_engine() {
    let Some(docker) = docker("cpu", None).await else {
        return;
    };
    let bounds = Limits {
        cpu_ms: 400,
        ..limits()
    };
    let ran = docker.script_within(commonjs("for (;;) {}"), &bounds).await;
    assert_eq!(ran.limit(), Limit::Cpu);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn memory_outside_of_the_heap_is_bounded() {
    let Some(docker) = docker("buffers", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))",
        ))
        .await;
    assert_eq!(ran.limit(), Limit::Memory);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn the_heap_is_bounded_below_the_containers_memory() {
    let Some(docker) = docker("heap", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length))",
        ))
        .await;
    assert_eq!(ran.limit(), Limit::Memory);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_child_that_runs_out_of_memory_is_named_although_its_parent_goes_on() {
    let Some(docker) = docker("child", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "require('child_process').spawnSync(process.execPath, ['-e', 'const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))'])",
        ))
        .await;
    assert_eq!(ran.limit(), Limit::Memory);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn too_little_memory_for_node_is_refused_and_enough_is_not() {
    let Some(docker) = docker("floor", None).await else {
        return;
    };
    let mut bounds = Limits {
        memory_bytes: (40 << 20) - 1,
        ..limits()
    };
    let ran = docker.script_within(commonjs("1"), &bounds).await;
    let Outcome::Denied { reason } = &ran.report.outcome else {
        panic!("{ran:?}")
    };
    assert!(
        reason.contains("a container needs 41943040 bytes at least"),
        "{reason}"
    );
    bounds.memory_bytes += 1;
    let ran = docker.script_within(commonjs("console.log(1)"), &bounds).await;
    assert_eq!(ran.stdout, "1\n", "{ran:?}");
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn what_a_program_used_is_counted_without_what_node_used_before() {
    let Some(docker) = docker("used", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const until = process.cpuUsage().user + 100_000; while (process.cpuUsage().user < until); globalThis.kept = Buffer.alloc(30 << 20, 1)",
        ))
        .await;
    let usage = ran.report.usage;
    assert!(usage.cpu_us >= 100_000, "{usage:?}");
    assert!(
        (30 << 20..60 << 20).contains(&usage.memory_peak_bytes),
        "{usage:?}"
    );
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn processes_are_bounded() {
    let Some(docker) = docker_with("pids", None, |config| config.pids = 40).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const { spawn } = require('child_process');\n\
             for (let n = 0; n < 30; n += 1) { const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)']); child.on('error', (error) => { throw error }) }",
        ))
        .await;
    let Outcome::Threw(error) = &ran.report.outcome else {
        panic!("{ran:?}")
    };
    assert!(
        error
            .report
            .contains("40 processes and threads are allowed at a time (limit `pids`)"),
        "{}",
        error.report
    );
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn files_are_bounded_and_lie_in_tmp_alone() {
    let Some(docker) = docker("files", None).await else {
        return;
    };
    let bounds = Limits {
        fs_bytes: 1 << 20,
        ..limits()
    };
    let ran = docker
        .script_within(
            commonjs(
                "const fs = require('fs'); fs.writeFileSync('/tmp/small', 'x');\n\
                 for (const path of ['/bundle/x', '/etc/x', '/holm/run/x', '/x']) { try { fs.writeFileSync(path, 'x') } catch (error) { console.log(error.code) } }\n\
                 fs.writeFileSync('/tmp/large', Buffer.alloc(2 << 20))",
            ),
            &bounds,
        )
        .await;
    assert_eq!(ran.stdout, "EROFS\nEROFS\nEROFS\nEROFS\n");
    let Outcome::Threw(error) = &ran.report.outcome else {
        panic!("{ran:?}")
    };
    assert!(
        error.report.contains("limits `fs_bytes`, `fs_files`"),
        "{}",
        error.report
    );
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn a_container_has_no_privileges() {
    let Some(docker) = docker("caps", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const status = require('fs').readFileSync('/proc/self/status', 'utf8');\n\
             for (const name of ['Uid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp']) console.log(new RegExp(`^${name}:\\\\s*(\\\\S+)`, 'm').exec(status)[1]);\n\
             console.log(Object.keys(require('os').networkInterfaces()))",
        ))
        .await;
    assert_eq!(
        ran.stdout, "65534\n0000000000000000\n0000000000000000\n1\n2\n[ 'lo' ]\n",
        "{ran:?}"
    );
    docker.backend.shut_down().await;
}
