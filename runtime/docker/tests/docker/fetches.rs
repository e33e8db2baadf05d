//! What programs fetch reaches the host, and nothing else does.

use crate::common::{commonjs, docker, esm};

/// Evaluates the source in a container and gives what it printed.
async fn printed(node: &str, source: &str) -> Option<(String, Vec<String>)> {
    let docker = docker(node, None).await?;
    let ran = docker.script(esm(source)).await;
    assert_eq!(ran.exit_code(), 0, "{ran:?}");
    docker.backend.shut_down().await;
    Some((ran.stdout, ran.fetched))
}

const GET: &str = "const get = (module, ...given) => new Promise((resolve, reject) => {\n\
    const sent = module.get(...given, (answer) => { let text = ''; answer.setEncoding('utf8'); answer.on('data', (piece) => text += piece);\n\
    answer.on('end', () => resolve({ text, answer })) }); sent.on('error', reject) });\n";

#[tokio::test]
async fn get_of_http_and_https_reach_the_host_with_absolute_urls() {
    let source = format!(
        "import http, {{ get as named }} from 'node:http'; import https from 'node:https';\n{GET}\
         console.log((await get(http, 'http://allowed.test/a?b=1')).text.trim());\n\
         console.log((await get(https, new URL('https://allowed.test:8443/c'), {{ headers: {{ 'x-a': '1' }} }})).text.trim());\n\
         console.log((await get({{ get: named }}, {{ hostname: 'allowed.test', port: 81, path: '/d', agent: new http.Agent() }})).text.trim());\n\
         const {{ answer }} = await get(http, 'http://allowed.test/'); console.log(answer.statusCode, answer.headers['set-cookie'])"
    );
    let Some((stdout, fetched)) = printed("get", &source).await else {
        return;
    };
    assert_eq!(
        stdout,
        "GET http://allowed.test/a?b=1\nGET https://allowed.test:8443/c\nGET http://allowed.test:81/d\n200 [ 'a=1', 'b=2' ]\n"
    );
    assert!(fetched[1].contains("x-a\n1"), "{}", fetched[1]);
}

#[tokio::test]
async fn bodies_are_streamed_both_ways() {
    let source = "import http from 'node:http'; import { Readable } from 'node:stream';\n\
        const answer = await new Promise((resolve, reject) => {\n\
          const sent = http.request('http://allowed.test/post', { method: 'POST' }, resolve); sent.on('error', reject);\n\
          sent.write('one '); setTimeout(() => sent.end('two'), 10) });\n\
        let text = ''; for await (const piece of answer) text += piece; console.log(text);\n\
        const body = Readable.toWeb(Readable.from([Buffer.from('three '), Buffer.from('four')]));\n\
        console.log(await (await fetch('https://allowed.test/stream', { method: 'PUT', body, duplex: 'half' })).text());\n\
        const big = 'x'.repeat(300_000);\n\
        console.log((await (await fetch('https://allowed.test/big', { method: 'POST', body: big })).text()).length)";
    let Some((stdout, _)) = printed("bodies", source).await else {
        return;
    };
    assert_eq!(
        stdout,
        "POST http://allowed.test/post\none two\nPUT https://allowed.test/stream\nthree four\n300030\n"
    );
}

#[tokio::test]
async fn fetch_sends_json_and_forms_and_follows_redirects_by_new_requests() {
    let source = "const form = new FormData(); form.set('a', 'b');\n\
        console.log((await (await fetch('https://allowed.test/form', { method: 'POST', body: form })).text()).includes('name=\"a\"'));\n\
        const json = await fetch('https://allowed.test/json', { method: 'POST', body: JSON.stringify({ n: 1 }), headers: { 'content-type': 'application/json' } });\n\
        console.log(await json.text());\n\
        const moved = await fetch('http://allowed.test/moved'); console.log(moved.redirected, moved.url, (await moved.text()).trim())";
    let Some((stdout, fetched)) = printed("fetch", source).await else {
        return;
    };
    assert_eq!(
        stdout,
        "true\nPOST https://allowed.test/json\n{\"n\":1}\ntrue http://allowed.test/there GET http://allowed.test/there\n"
    );
    assert!(
        fetched[1].contains("content-type\napplication/json"),
        "{}",
        fetched[1]
    );
}

#[tokio::test]
async fn what_is_denied_is_an_error_with_the_reason() {
    let source = format!(
        "import http from 'node:http'; import https from 'node:https';\n{GET}\
         for (const [module, url] of [[http, 'http://other.test/'], [https, 'https://other.test/'], [http, 'http://169.254.169.254/']])\n\
           await get(module, url).catch((error) => console.log(error.code, error.message));\n\
         await fetch('https://other.test/x').catch((error) => console.log(error.message, '|', error.cause.message));\n\
         await get(http, 'http://allowed.test/broken').catch((error) => console.log(error.code, error.message))"
    );
    let Some((stdout, _)) = printed("denied", &source).await else {
        return;
    };
    assert_eq!(
        stdout,
        "HOLM_DENIED no rule allows http://other.test/\nHOLM_DENIED no rule allows https://other.test/\n\
         HOLM_DENIED no rule allows http://169.254.169.254/\nfetch failed | no rule allows https://other.test/x\n\
         ECONNREFUSED the other side broke off\n"
    );
}

#[tokio::test]
async fn a_fetch_can_be_aborted() {
    let source = "const stop = new AbortController(); setTimeout(() => stop.abort(), 30);\n\
        await fetch('http://allowed.test/never', { signal: stop.signal }).catch((error) => console.log(error.name));\n\
        console.log((await (await fetch('http://allowed.test/after')).text()).trim())";
    let Some((stdout, _)) = printed("abort", source).await else {
        return;
    };
    assert_eq!(stdout, "AbortError\nGET http://allowed.test/after\n");
}

#[tokio::test]
async fn children_that_keep_their_environment_are_patched_as_well() {
    let Some(docker) = docker("children", None).await else {
        return;
    };
    let ran = docker
        .script(commonjs(
            "const { execFileSync } = require('child_process');\n\
             console.log(execFileSync(process.execPath, ['-e', \"fetch('http://allowed.test/child').then(async (a) => console.log(await a.text()))\"]).toString().trim())",
        ))
        .await;
    assert_eq!(ran.stdout, "GET http://allowed.test/child\n", "{ran:?}");
    docker.backend.shut_down().await;
}
