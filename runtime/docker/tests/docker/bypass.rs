//! Programs that go around the patches: they reach nothing, or the same host with the same rules.

use crate::common::{commonjs, docker};

/// Runs a program that prints what it reached; the host may see only what `fetched` says.
async fn reaches(node: &str, source: &str, printed: &str, fetched: usize) {
    let Some(docker) = docker(node, None).await else {
        return;
    };
    let ran = docker.script(commonjs(source)).await;
    assert_eq!(ran.stdout, printed, "{ran:?}");
    assert_eq!(ran.fetched.len(), fetched, "{:?}", ran.fetched);
    docker.backend.shut_down().await;
}

#[tokio::test]
async fn raw_connections_reach_nothing() {
    reaches(
        "raw",
        "const net = require('net'), tls = require('tls'), dgram = require('dgram'), dns = require('dns');\n\
         const tell = (name) => (error) => console.log(name, error ? error.code : 'reached');\n\
         (async () => {\n\
           await new Promise((done) => net.connect(80, '192.0.2.1').on('connect', () => done(tell('net')())).on('error', (e) => done(tell('net')(e))));\n\
           await new Promise((done) => net.connect(80, '127.0.0.1').on('connect', () => done(tell('loop')())).on('error', (e) => done(tell('loop')(e))));\n\
           await new Promise((done) => tls.connect(443, '192.0.2.1').on('error', (e) => done(tell('tls')(e))));\n\
           await new Promise((done) => { const s = dgram.createSocket('udp4'); s.send('x', 53, '192.0.2.1', (e) => { s.close(); done(tell('udp')(e)) }) });\n\
           await new Promise((done) => dns.lookup('allowed.test', (e) => done(tell('lookup')(e ? { code: 'no name' } : null))));\n\
           await new Promise((done) => new dns.Resolver({ timeout: 200, tries: 1 }).resolve4('allowed.test', (e) => done(tell('resolve')(e ? { code: 'no name' } : null))));\n\
         })()",
        "net ENETUNREACH\nloop ECONNREFUSED\ntls ENETUNREACH\nudp ENETUNREACH\nlookup no name\nresolve no name\n",
        0,
    )
    .await;
}

#[tokio::test]
async fn processes_and_workers_without_the_patches_reach_nothing() {
    reaches(
        "unpatched",
        "const { spawnSync } = require('child_process'), { Worker } = require('worker_threads');\n\
         const source = \"require('http').get('http://192.0.2.1/', () => console.log('reached')).on('error', (e) => console.log(e.code))\";\n\
         console.log(spawnSync(process.execPath, ['-e', source], { env: {} }).stdout.toString().trim());\n\
         delete process.env.NODE_OPTIONS;\n\
         console.log(spawnSync(process.execPath, ['-e', source]).stdout.toString().trim());\n\
         new Worker(source, { eval: true, execArgv: [], env: {} })",
        "ENETUNREACH\nENETUNREACH\nENETUNREACH\n",
        0,
    )
    .await;
}

#[tokio::test]
async fn overwriting_the_patches_reaches_nothing() {
    reaches(
        "overwrite",
        "const http = require('http');\n\
         const direct = new http.ClientRequest('http://192.0.2.1/');\n\
         direct.on('response', () => console.log('reached')).on('error', (e) => console.log(e.code)).end();\n\
         direct.on('close', async () => {\n\
           delete globalThis[Symbol.for('undici.globalDispatcher.1')];\n\
           try { await fetch('http://192.0.2.1/'); console.log('reached') } catch (e) { console.log(e.code ?? e.cause.code) } })",
        "ENETUNREACH\nERR_ASSERTION\n",
        0,
    )
    .await;
}

#[tokio::test]
async fn odd_requests_straight_to_the_socket_are_refused() {
    reaches(
        "odd",
        "const net = require('net');\n\
         const say = (text) => new Promise((done) => { let got = ''; const s = net.connect('/holm/run/s', () => s.end(text));\n\
           s.on('data', (d) => got += d).on('error', () => done('broken')).on('close', () => done(got.split('\\r\\n')[0])) });\n\
         (async () => {\n\
           for (const target of ['CONNECT allowed.test:443', 'GET allowed.test:443', 'OPTIONS *', 'GET ftp://allowed.test/', 'GET file:///etc/passwd',\n\
             'GET http:///x', 'GET /job', 'GET /nothing', 'GET \\u0000', 'GET http://other.test/', 'GET http://allowed.test@other.test/'])\n\
             console.log(target.replace('\\u0000', 'NUL'), '->', await say(`${target} HTTP/1.1\\r\\nhost: allowed.test\\r\\nconnection: close\\r\\n\\r\\n`));\n\
           console.log('head ->', /^HTTP.1.1 431|^broken$/.test(await say(`GET http://allowed.test/ HTTP/1.1\\r\\nx: ${'y'.repeat(300000)}\\r\\n\\r\\n`)) ? 'refused' : 'taken');\n\
           console.log('upgrade ->', await say('GET http://allowed.test/ HTTP/1.1\\r\\nupgrade: websocket\\r\\nconnection: close\\r\\n\\r\\n'));\n\
           console.log('smuggle ->', await say('POST http://other.test/ HTTP/1.1\\r\\ncontent-length: 3\\r\\ntransfer-encoding: chunked\\r\\nconnection: close\\r\\n\\r\\n0\\r\\n\\r\\n'));\n\
         })()",
        "CONNECT allowed.test:443 -> HTTP/1.1 405 Method Not Allowed\nGET allowed.test:443 -> HTTP/1.1 400 Bad Request\n\
         OPTIONS * -> HTTP/1.1 400 Bad Request\nGET ftp://allowed.test/ -> HTTP/1.1 400 Bad Request\n\
         GET file:///etc/passwd -> HTTP/1.1 400 Bad Request\nGET http:///x -> HTTP/1.1 400 Bad Request\n\
         GET /job -> HTTP/1.1 409 Conflict\nGET /nothing -> HTTP/1.1 404 Not Found\nGET NUL -> HTTP/1.1 400 Bad Request\n\
         GET http://other.test/ -> HTTP/1.1 403 Forbidden\nGET http://allowed.test@other.test/ -> HTTP/1.1 400 Bad Request\n\
         head -> refused\nupgrade -> HTTP/1.1 501 Not Implemented\nsmuggle -> HTTP/1.1 403 Forbidden\n",
        2,
    )
    .await;
}

#[tokio::test]
async fn another_containers_socket_is_not_there() {
    let Some(one) = docker("neighbour", None).await else {
        return;
    };
    let look = "const fs = require('fs'); console.log(fs.readdirSync('/holm').join(), fs.readdirSync('/holm/run').join());\n\
                console.log(fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\\n').filter((line) => line.includes('/holm/run')).length)";
    let (first, second) = tokio::join!(one.script(commonjs(look)), one.script(commonjs(look)));
    assert_eq!(
        (first.stdout.as_str(), second.stdout.as_str()),
        ("agent,run s\n1\n", "agent,run s\n1\n")
    );
    one.backend.shut_down().await;
}
