//! Web built-ins through the whole of the backend: the class, the boundary, and the host's side of it.

mod common;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use common::{START, TestHost, answered, backend, block_on, deploy, program, request, run};
use holm_core::{
    Answer, Backend, Effect, Event, Failure, FailureKind, FetchBody, FetchHead, Limits, Prepared,
    RedirectMode, Report, ResponseBody,
};

/// A file of the shared conformance data, or `None` (said aloud) where it is absent. CI must have it.
#[expect(clippy::disallowed_methods, reason = "a test asks whether it runs in CI")]
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn data(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/conformance")
        .join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("skipped: {} cannot be read ({error})", path.display());
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must have the conformance data"
            );
            None
        }
    }
}

/// Runs a script that prints nothing but what is wrong, and at last `ok`.
fn check(source: &str) {
    let (report, host) = run(source);
    assert_eq!((report.outcome, host.output()), (answered(), "ok\n".to_owned()));
}

#[test]
fn the_class_url_follows_the_standards_data() {
    let (Some(parsing), Some(more), Some(setters)) = (
        data("url/urltestdata.json"),
        data("url/urltestdata-javascript-only.json"),
        data("url/setters_tests.json"),
    ) else {
        return;
    };
    check(&format!(
        "const cases = {parsing}.concat({more}).filter((entry) => typeof entry === 'object'); const setters = {setters};
        const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
        for (const entry of cases) {{
            const base = entry.base ?? undefined;
            const url = URL.parse(entry.input, base);
            if ((url !== null) !== URL.canParse(entry.input, base) || (url === null) !== (entry.failure === true)) console.log('parses or not:', entry.input, base);
            if (url === null) continue;
            for (const part of parts) if (part in entry && url[part] !== entry[part]) console.log(entry.input, part, url[part], entry[part]);
            if (new URL(url.href).href !== url.href) console.log('changes when parsed again:', url.href);
        }}
        for (const part of parts) for (const entry of setters[part] ?? []) {{
            const url = new URL(entry.href);
            try {{ url[part] = entry.new_value; }} catch (error) {{ if (part !== 'href') console.log(part, entry.href, error.message); }}
            for (const [name, value] of Object.entries(entry.expected)) if (url[name] !== value) console.log(entry.href, part, entry.new_value, name, url[name], value);
        }}
        console.log('ok');"
    ));
}

#[test]
fn the_class_urlpattern_follows_the_standards_data() {
    let Some(patterns) = data("urlpattern/urlpatterntestdata.json") else {
        return;
    };
    check(&format!(
        "const cases = {patterns};
        const names = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'];
        const attempt = (run) => {{ try {{ return run(); }} catch (error) {{ if (!(error instanceof TypeError)) throw error; return 'error'; }} }};
        for (const entry of cases) {{
            const text = JSON.stringify([entry.pattern, entry.inputs]);
            const pattern = attempt(() => new URLPattern(...entry.pattern));
            if ((pattern === 'error') !== (entry.expected_obj === 'error')) console.log('constructed or not:', text);
            if (pattern === 'error') continue;
            for (const name of names) {{
                const expected = entry.expected_obj?.[name];
                if (expected !== undefined && pattern[name] !== expected) console.log(text, name, pattern[name], expected);
            }}
            const found = attempt(() => pattern.exec(...entry.inputs));
            const expected = entry.expected_match;
            if (found === null || found === 'error' || !expected) {{
                if (found !== expected) console.log(text, found, expected);
                continue;
            }}
            for (const name of names) {{
                const {{ input, groups }} = expected[name] ?? {{ input: found[name].input, groups: null }};
                if (found[name].input !== input) console.log(text, name, found[name].input, input);
                for (const group in groups) if (found[name].groups[group] !== (groups[group] ?? undefined)) console.log(text, name, group);
            }}
        }}
        console.log('ok');"
    ));
}

#[test]
fn digests_come_from_the_host() {
    check(
        "const hex = async (name) => new Uint8Array(await crypto.subtle.digest(name, new TextEncoder().encode('abc'))).toHex();
        if (await hex('SHA-256') !== 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad') console.log('SHA-256');
        if (await hex('SHA-1') !== 'a9993e364706816aba3e25717850c26c9cd0d89d') console.log('SHA-1');
        console.log('ok');",
    );
}

/// What each algorithm makes it undoes, and what was changed on the way it refuses.
#[test]
fn keys_do_what_they_are_for() {
    check(
        "const s = crypto.subtle, data = new TextEncoder().encode('data to be kept'), hash = 'SHA-256';
        const rsa = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash };
        const same = (a, b) => new Uint8Array(a).toHex() === new Uint8Array(b).toHex();
        for (const [make, use] of [
            [{ name: 'AES-GCM', length: 128 }, { iv: new Uint8Array(12) }], [{ name: 'AES-CBC', length: 192 }, { iv: new Uint8Array(16) }],
            [{ name: 'AES-CTR', length: 256 }, { counter: new Uint8Array(16).fill(255), length: 3 }], [{ name: 'RSA-OAEP', ...rsa }, {}],
        ]) {
            const key = await s.generateKey(make, true, ['encrypt', 'decrypt']);
            const sealed = await s.encrypt({ ...make, ...use }, key.publicKey ?? key, data);
            if (!same(await s.decrypt({ ...make, ...use }, key.privateKey ?? key, sealed), data)) console.log(make.name, 'differs');
        }
        for (const [make, use] of [
            [{ name: 'HMAC', hash }, {}], [{ name: 'ECDSA', namedCurve: 'P-384' }, { hash }], [{ name: 'Ed25519' }, {}],
            [{ name: 'RSA-PSS', ...rsa }, { saltLength: 20 }], [{ name: 'RSASSA-PKCS1-v1_5', ...rsa }, {}],
        ]) {
            const key = await s.generateKey(make, true, ['sign', 'verify']);
            const signature = new Uint8Array(await s.sign({ name: make.name, ...use }, key.privateKey ?? key, data));
            const holds = () => s.verify({ name: make.name, ...use }, key.publicKey ?? key, signature, data);
            if (!(await holds())) console.log(make.name, 'does not hold');
            signature[3] ^= 1;
            if (await holds()) console.log(make.name, 'holds when changed');
        }
        for (const make of [{ name: 'ECDH', namedCurve: 'P-521' }, { name: 'X25519' }]) {
            const [a, b] = [await s.generateKey(make, true, ['deriveBits']), await s.generateKey(make, true, ['deriveBits'])];
            const derive = (mine, theirs) => s.deriveBits({ name: make.name, public: theirs.publicKey }, mine.privateKey, 128);
            if (!same(await derive(a, b), await derive(b, a))) console.log(make.name, 'differs');
        }
        console.log('ok');",
    );
}

#[test]
fn a_legacy_encoding_is_decoded_piece_by_piece() {
    check(
        "const decoder = new TextDecoder('shift_jis');
        let text = '';
        for (const byte of [0x93, 0xfa, 0x96, 0x7b, 0x41]) text += decoder.decode(new Uint8Array([byte]), { stream: true });
        if (text + decoder.decode() !== '日本A') console.log(text);
        try { new TextDecoder('big5', { fatal: true }).decode(new Uint8Array([0x81])); console.log('not fatal'); } catch (e) { if (e.name !== 'TypeError') console.log(e.name); }
        console.log('ok');",
    );
}

fn get_with(
    function: &Arc<dyn Prepared>,
    answer: impl FnMut(&Effect) -> Option<Event> + Send + 'static,
) -> (Report, TestHost) {
    let mut host = TestHost {
        answer: Some(Box::new(answer)),
        ..TestHost::default()
    };
    let report = block_on(function.invoke(START, request("/"), &Limits::default(), &mut host));
    (report, host)
}

fn head(op: u32, url: &str, has_body: bool) -> Event {
    let head = FetchHead {
        status: 203,
        status_text: "Said".into(),
        url: url.into(),
        redirected: true,
        headers: "a\n1\nset-cookie\nx\nset-cookie\ny".into(),
        has_body,
    };
    Event::Done {
        op,
        answer: Answer::Head(head),
    }
}

/// A host whose fetches have the body `one`, `two`.
fn origin() -> impl FnMut(&Effect) -> Option<Event> + Send {
    let mut left = vec!["two", "one"];
    move |effect| match effect {
        Effect::Fetch { op, request } if request.url == "http://denied.test/" => Some(Event::Done {
            op: *op,
            answer: Answer::Failed(Failure {
                kind: FailureKind::Denied,
                message: "no rule allows it".into(),
            }),
        }),
        Effect::Fetch { op, .. } => Some(head(*op, "http://end.test/", true)),
        Effect::Read { op, .. } => Some(Event::Done {
            op: *op,
            answer: left.pop().map_or(Answer::End, |piece| {
                Answer::Chunk(Bytes::from_static(piece.as_bytes()))
            }),
        }),
        Effect::Write { op, .. } => Some(Event::Done {
            op: *op,
            answer: Answer::Written,
        }),
        _ => None,
    }
}

#[test]
fn a_fetch_goes_out_and_its_response_comes_in() {
    let function = deploy(
        "export default async () => {
            const r = await fetch('http://a.test/p?q#f', { method: 'post', headers: { B: 'c' }, body: 'é', redirect: 'error' });
            return Response.json([r.status, r.statusText, r.url, r.redirected, r.headers.getSetCookie(), await r.text()]);
        }",
    );
    let (report, host) = get_with(&function, origin());
    assert_eq!(report.outcome, answered());
    let expected = r#"[203,"Said","http://end.test/",true,["x","y"],"onetwo"]"#;
    assert_eq!(host.response(), Some((200, expected.to_owned())));
    let sent = host.effects.iter().find_map(|effect| match effect {
        Effect::Fetch { request, .. } => Some(request.clone()),
        _ => None,
    });
    let sent = sent.expect("a fetch was sent");
    assert_eq!(
        (sent.method.as_str(), sent.url.as_str()),
        ("POST", "http://a.test/p?q")
    );
    assert_eq!(sent.headers, "b\nc\ncontent-type\ntext/plain;charset=UTF-8");
    assert_eq!(sent.redirect, RedirectMode::Error);
    assert_eq!(sent.body, FetchBody::Whole(Bytes::from_static("é".as_bytes())));
}

#[test]
fn a_denied_fetch_is_a_type_error_with_the_reason() {
    let function = deploy(
        "export default () => fetch('http://denied.test/').catch((e) => Response.json([e.name, e.message, e.cause.code]))",
    );
    let (report, host) = get_with(&function, origin());
    assert_eq!(report.outcome, answered());
    assert_eq!(
        host.response(),
        Some((200, r#"["TypeError","no rule allows it","DENIED"]"#.to_owned()))
    );
}

#[test]
fn a_response_passes_through_piece_by_piece() {
    let function = deploy(
        "export default async () => { const r = await fetch('http://a.test/'); return new Response(r.body, r); }",
    );
    let (report, host) = get_with(&function, origin());
    assert_eq!(report.outcome, answered());
    let mut seen = Vec::new();
    for effect in &host.effects {
        match effect {
            Effect::Respond(head) => {
                assert_eq!((head.status, &head.body), (203, &ResponseBody::Stream));
                assert_eq!(head.headers, "a\n1\nset-cookie\nx\nset-cookie\ny");
                seen.push("head".to_owned());
            }
            Effect::Write { stream: 0, chunk, .. } => seen.push(String::from_utf8_lossy(chunk).into_owned()),
            Effect::Close {
                stream: 0,
                error: None,
            } => seen.push("close".into()),
            _ => {}
        }
    }
    assert_eq!(seen, ["head", "one", "two", "close"]);
}

#[test]
fn random_bytes_are_not_for_the_image() {
    let (report, _) = run("console.log(crypto.randomUUID().length)");
    assert_eq!(report.outcome, answered());
    let source = "crypto.randomUUID(); export default () => new Response('')";
    let refused = backend()
        .prepare(program(source), &Limits::default())
        .err()
        .expect("the deploy is refused");
    assert!(format!("{refused:?}").contains("random"), "{refused:?}");
}
