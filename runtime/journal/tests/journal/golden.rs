//! Journals of this format version, checked in: what they say must stay readable, and must still be written so.
//!
//! `HOLM_UPDATE_GOLDEN=1` writes them anew. That is right after a limit was added, which a journal lists; a change
//! of the format gets a new version and files of its own, and these stay.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use holm_core::*;

use crate::fake::{self, Act, End, Story};

fn program() -> Program {
    let module = |format, source: &'static [u8]| Module {
        format,
        source: Bytes::from_static(source),
        links: BTreeMap::new(),
        exports: vec![],
    };
    let mut common = module(ModuleFormat::CommonJs, b"exports.two = 2");
    common.exports = vec!["two".into(), "__esModule".into()];
    let mut entry = module(ModuleFormat::Esm, "import './two.cjs'; // naïve".as_bytes());
    entry.links = BTreeMap::from([
        ("./two.cjs".into(), "/bundle/two.cjs".into()),
        ("node:fs".into(), "node:fs".into()),
    ]);
    Program {
        entry: "/bundle/app.mjs".into(),
        modules: BTreeMap::from([
            ("/bundle/app.mjs".into(), entry),
            ("/bundle/two.cjs".into(), common),
            ("/bundle/three.json".into(), module(ModuleFormat::Json, b"3")),
            ("/bundle/four.txt".into(), module(ModuleFormat::Text, b"four")),
            (
                "/bundle/five.bin".into(),
                module(ModuleFormat::Bytes, b"\x00\xff"),
            ),
        ]),
        arguments: vec!["a".into(), "".into(), "c".into()],
        env: BTreeMap::from([("HOME".into(), "/".into()), ("TOKEN".into(), "s3cret".into())]),
        preopens: vec![
            Preopen {
                host: None,
                guest: "/tmp".into(),
                read_only: false,
            },
            Preopen {
                host: None,
                guest: "/bundle".into(),
                read_only: true,
            },
        ],
    }
}

fn at(mono_us: u64) -> Moment {
    Moment {
        wall_us: 1_700_000_000_000_000 + mono_us,
        mono_us,
    }
}

fn log(level: Level, text: &str) -> Act {
    Act::Effect(Effect::Log {
        level,
        text: text.into(),
    })
}

fn file(name: &str, arguments: Vec<u8>, reply: FileReply) -> Act {
    Act::File {
        name: name.into(),
        arguments,
        reply,
    }
}

fn done(mono_us: u64, op: u32, answer: Answer) -> (Moment, Event) {
    (at(mono_us), Event::Done { op, answer })
}

fn fetch(op: u32, method: &str, redirect: RedirectMode, body: FetchBody) -> Act {
    Act::Effect(Effect::Fetch {
        op,
        request: FetchRequest {
            method: method.into(),
            url: format!("https://api.example.com/v1/{op}"),
            headers: "accept\n*/*\nx-n\n1".into(),
            redirect,
            body,
        },
    })
}

fn respond(status: u16, body: ResponseBody) -> Act {
    Act::Effect(Effect::Respond(ResponseHead {
        status,
        headers: "content-type\ntext/plain".into(),
        body,
    }))
}

/// Every event that is not a first one, every effect, and file calls of every kind.
pub fn everything() -> Story {
    let failed = |kind, message: &str| {
        Answer::Failed(Failure {
            kind,
            message: message.into(),
        })
    };
    let events = vec![
        done(
            10,
            1,
            Answer::Head(FetchHead {
                status: 301,
                status_text: "Moved Permanently".into(),
                url: "https://api.example.com/v2/1".into(),
                redirected: true,
                headers: "location\n/".into(),
                has_body: true,
            }),
        ),
        done(20, 4, Answer::Chunk(Bytes::from_static(b"\x00\x01chunk"))),
        done(30, 4, Answer::End),
        done(40, 5, Answer::Written),
        done(50, 6, failed(FailureKind::Denied, "no rule allows it")),
        done(51, 6, failed(FailureKind::Limit, "limit")),
        done(52, 6, failed(FailureKind::Network, "reset")),
        done(53, 6, failed(FailureKind::Timeout, "10 s")),
        done(54, 6, failed(FailureKind::Invalid, "scheme")),
        done(55, 6, failed(FailureKind::Aborted, "")),
        (at(60), Event::Wake),
        (
            at(70),
            Event::Cancel {
                reason: "the client has gone".into(),
            },
        ),
    ];
    let mut turns = vec![vec![]; events.len() + 1];
    turns[0] = vec![
        Act::Effect(Effect::Loaded { handlers: 3 }),
        log(Level::Debug, "debug"),
        log(Level::Info, "größer"),
        log(Level::Warn, "warn"),
        log(Level::Error, "error"),
        log(Level::Stdout, "out\n"),
        log(Level::Stderr, "err\n"),
        fetch(1, "GET", RedirectMode::Follow, FetchBody::None),
        fetch(
            2,
            "POST",
            RedirectMode::Error,
            FetchBody::Whole(Bytes::from_static(b"body")),
        ),
        fetch(3, "PUT", RedirectMode::Manual, FetchBody::Stream),
        Act::Effect(Effect::WakeAt { mono_us: Some(60) }),
        Act::Burn(250),
    ];
    turns[1] = vec![
        Act::Effect(Effect::Read { op: 4, stream: 1 }),
        Act::Effect(Effect::Write {
            op: 5,
            stream: 3,
            chunk: Bytes::from_static(b"piece"),
        }),
        Act::Effect(Effect::Close {
            stream: 3,
            error: None,
        }),
        Act::Effect(Effect::Abort { op: 2 }),
    ];
    turns[2] = vec![
        file(
            "path_open",
            b"\x03/etc/hosts".to_vec(),
            FileReply {
                errno: 76,
                writes: vec![],
            },
        ),
        file(
            "fd_read",
            vec![4],
            FileReply {
                errno: 0,
                writes: vec![(4096, b"read".to_vec()), (8, vec![4, 0, 0, 0])],
            },
        ),
        file(
            "fd_write",
            vec![b'w'; 2000],
            FileReply {
                errno: 0,
                writes: vec![(8, vec![208, 7, 0, 0])],
            },
        ),
    ];
    turns[3] = vec![
        respond(200, ResponseBody::Stream),
        Act::Effect(Effect::Write {
            op: 7,
            stream: 0,
            chunk: Bytes::from_static(b"answer"),
        }),
        Act::Effect(Effect::Close {
            stream: 0,
            error: Some("it broke".into()),
        }),
        respond(204, ResponseBody::None),
        respond(418, ResponseBody::Whole(Bytes::from_static(b"short and stout"))),
        Act::Effect(Effect::WakeAt { mono_us: None }),
    ];
    let error = ThrownError {
        name: "TypeError".into(),
        message: "no".into(),
        report: "TypeError: no\n    at app.mjs:1:1".into(),
    };
    let last = events.len();
    turns[last] = vec![
        Act::Effect(Effect::Threw(error.clone())),
        Act::Effect(Effect::Finish {
            exit_code: 1,
            value: None,
        }),
        Act::Effect(Effect::Finish {
            exit_code: 0,
            value: Some("{\"a\":1}".into()),
        }),
    ];
    let head = RequestHead {
        id: "01HX".into(),
        method: "POST".into(),
        url: "http://localhost:8080/hello?x=1".into(),
        headers: "host\nlocalhost:8080".into(),
        has_body: true,
    };
    Story {
        first: (
            at(0),
            Event::Request {
                seed: [7; 32],
                inline: false,
                head,
            },
        ),
        turns,
        events,
        end: End::ByItself(Outcome::Threw(error)),
    }
}

/// Name and story of each golden journal: together they have every tag of the format.
pub fn stories() -> Vec<(&'static str, Story)> {
    let script = || {
        (
            at(0),
            Event::Script {
                seed: std::array::from_fn(|index| index as u8),
            },
        )
    };
    let short = |first, end| Story {
        first,
        turns: vec![vec![log(Level::Info, "hello"), Act::Burn(350)]],
        events: vec![],
        end,
    };
    let one_off = Event::Request {
        seed: [1; 32],
        inline: true,
        head: RequestHead::default(),
    };
    let scheduled = Event::Scheduled {
        seed: [2; 32],
        scheduled: Scheduled {
            id: "01HY".into(),
            cron: "*/5 * * * *".into(),
            time_ms: 1.7e12,
        },
    };
    let mut refused_file = short(
        script(),
        End::Call(Stop::Diverged {
            message: "elsewhere".into(),
        }),
    );
    refused_file.turns[0].push(file("fd_close", vec![3], FileReply::default()));
    vec![
        ("v1", everything()),
        (
            "v1-answered",
            short(
                script(),
                End::ByItself(Outcome::Answered {
                    exit_code: 3,
                    value: Some("1".into()),
                }),
            ),
        ),
        (
            "v1-execution",
            short(
                (
                    at(0),
                    Event::Execution {
                        seed: [3; 32],
                        input: Some(r#"{"a":1}"#.into()),
                    },
                ),
                End::ByItself(Outcome::Answered {
                    exit_code: 0,
                    value: Some("[1]".into()),
                }),
            ),
        ),
        (
            "v1-within",
            short(
                (at(0), one_off),
                End::At(
                    250,
                    Stop::Limit {
                        limit: Limit::Wall,
                        value: 30_000,
                        used: 30_001,
                    },
                ),
            ),
        ),
        (
            "v1-between",
            short(
                (at(0), scheduled),
                End::Between(Stop::Cancelled {
                    by: "shutdown".into(),
                }),
            ),
        ),
        ("v1-stalled", short(script(), End::Between(Stop::Stalled))),
        (
            "v1-call",
            short(
                script(),
                End::Call(Stop::Limit {
                    limit: Limit::ResponseBody,
                    value: 1,
                    used: 2,
                }),
            ),
        ),
        ("v1-refused-file", refused_file),
        (
            "v1-denied",
            short(
                script(),
                End::ByItself(Outcome::Denied {
                    reason: "rule 3".into(),
                }),
            ),
        ),
        (
            "v1-fault",
            short(
                script(),
                End::ByItself(Outcome::Fault {
                    message: "trap".into(),
                }),
            ),
        ),
    ]
}

/// The first golden journal's bytes, written now.
pub fn bytes() -> Vec<u8> {
    written(&everything()).0
}

pub fn written(story: &Story) -> (Vec<u8>, Report) {
    let mut header = fake::header(story, program());
    for (index, &limit) in Limit::ALL.iter().enumerate() {
        header.limits.set(limit, 1000 + index as u64);
    }
    let (bytes, report, _) = fake::record(story, header);
    (bytes, report)
}

#[test]
fn golden_journals_are_read_and_written_as_ever() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one switch of the golden files; tests have no configuration"
    )]
    let update = std::env::var_os("HOLM_UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, story) in stories() {
        let path = folder.join(name).with_extension("holm");
        let (bytes, report) = written(&story);
        if update {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
            std::fs::write(&path, &bytes).expect("the file can be written");
        }
        let golden = std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{name}.holm: {error}; HOLM_UPDATE_GOLDEN=1 writes it"));
        let journal = fake::parse(&golden);
        assert_eq!(journal.header().program.as_ref(), &program(), "{name}");
        assert_eq!(journal.header().limits.cpu_ms, 1000, "{name}");
        assert_eq!(journal.first(), &story.first, "{name}");
        assert_eq!(
            journal.entries(),
            fake::expected_entries(&story, &report),
            "{name}"
        );
        assert!(golden == bytes, "{name}.holm is no longer written as it was");
    }
}
