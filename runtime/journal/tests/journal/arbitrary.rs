//! Any value of the core's types, for property tests.

use std::collections::BTreeMap;

use bytes::Bytes;
use holm_core::*;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::fake::{Act, End, Story};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z\n:/]{0,40}"]
}

fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..60).prop_map(Bytes::from)
}

fn moment() -> impl Strategy<Value = Moment> {
    any::<(u64, u64)>().prop_map(|(wall_us, mono_us)| Moment { wall_us, mono_us })
}

fn limit() -> impl Strategy<Value = Limit> {
    proptest::sample::select(Limit::ALL)
}

pub fn limits() -> impl Strategy<Value = Limits> {
    vec(any::<u64>(), Limit::ALL.len()).prop_map(|values| {
        let mut limits = Limits::default();
        for (&limit, value) in Limit::ALL.iter().zip(values) {
            limits.set(limit, value);
        }
        limits
    })
}

pub fn program() -> impl Strategy<Value = Program> {
    let format = prop_oneof![
        Just(ModuleFormat::Esm),
        Just(ModuleFormat::CommonJs),
        Just(ModuleFormat::Json),
        Just(ModuleFormat::Text),
        Just(ModuleFormat::Bytes),
    ];
    let strings = || btree_map(text(), text(), 0..4);
    let module =
        (format, bytes(), strings(), vec(text(), 0..4)).prop_map(|(format, source, links, exports)| Module {
            format,
            source,
            links,
            exports,
        });
    let preopen = (text(), any::<bool>()).prop_map(|(guest, read_only)| Preopen {
        host: None,
        guest,
        read_only,
    });
    (
        text(),
        btree_map(text(), module, 0..4),
        vec(text(), 0..4),
        strings(),
        vec(preopen, 0..3),
    )
        .prop_map(
            |(entry, modules, arguments, env, preopens): (_, BTreeMap<_, _>, _, _, _)| Program {
                entry,
                modules,
                arguments,
                env,
                preopens,
            },
        )
}

fn first_event() -> impl Strategy<Value = Event> {
    let head =
        (text(), text(), text(), text(), any::<bool>()).prop_map(|(id, method, url, headers, has_body)| {
            RequestHead {
                id,
                method,
                url,
                headers,
                has_body,
            }
        });
    let scheduled = (
        text(),
        text(),
        proptest::num::f64::ANY.prop_filter("equal to itself", |time| !time.is_nan()),
    )
        .prop_map(|(id, cron, time_ms)| Scheduled { id, cron, time_ms });
    prop_oneof![
        any::<[u8; 32]>().prop_map(|seed| Event::Script { seed }),
        (any::<[u8; 32]>(), option::of(text())).prop_map(|(seed, input)| Event::Execution { seed, input }),
        (any::<[u8; 32]>(), any::<bool>(), head).prop_map(|(seed, inline, head)| Event::Request {
            seed,
            inline,
            head
        }),
        (any::<[u8; 32]>(), scheduled).prop_map(|(seed, scheduled)| Event::Scheduled { seed, scheduled }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let kind = prop_oneof![
        Just(FailureKind::Denied),
        Just(FailureKind::Limit),
        Just(FailureKind::Network),
        Just(FailureKind::Timeout),
        Just(FailureKind::Invalid),
        Just(FailureKind::Aborted),
    ];
    let answer = prop_oneof![
        (any::<u16>(), text(), text(), any::<bool>(), text(), any::<bool>()).prop_map(
            |(status, status_text, url, redirected, headers, has_body)| Answer::Head(FetchHead {
                status,
                status_text,
                url,
                redirected,
                headers,
                has_body
            })
        ),
        bytes().prop_map(Answer::Chunk),
        Just(Answer::End),
        Just(Answer::Written),
        (kind, text()).prop_map(|(kind, message)| Answer::Failed(Failure { kind, message })),
    ];
    prop_oneof![
        5 => (any::<u32>(), answer).prop_map(|(op, answer)| Event::Done { op, answer }),
        1 => Just(Event::Wake),
        1 => text().prop_map(|reason| Event::Cancel { reason }),
    ]
}

fn thrown() -> impl Strategy<Value = ThrownError> {
    (text(), text(), text()).prop_map(|(name, message, report)| ThrownError {
        name,
        message,
        report,
    })
}

pub fn effect() -> impl Strategy<Value = Effect> {
    let redirect = prop_oneof![
        Just(RedirectMode::Follow),
        Just(RedirectMode::Error),
        Just(RedirectMode::Manual)
    ];
    let fetch_body = prop_oneof![
        Just(FetchBody::None),
        bytes().prop_map(FetchBody::Whole),
        Just(FetchBody::Stream)
    ];
    let response_body = prop_oneof![
        Just(ResponseBody::None),
        bytes().prop_map(ResponseBody::Whole),
        Just(ResponseBody::Stream)
    ];
    let level = prop_oneof![
        Just(Level::Debug),
        Just(Level::Info),
        Just(Level::Warn),
        Just(Level::Error),
        Just(Level::Stdout),
        Just(Level::Stderr),
    ];
    prop_oneof![
        (any::<u32>(), text(), text(), text(), redirect, fetch_body).prop_map(
            |(op, method, url, headers, redirect, body)| Effect::Fetch {
                op,
                request: FetchRequest {
                    method,
                    url,
                    headers,
                    redirect,
                    body
                }
            }
        ),
        any::<(u32, u32)>().prop_map(|(op, stream)| Effect::Read { op, stream }),
        (any::<u32>(), any::<u32>(), bytes()).prop_map(|(op, stream, chunk)| Effect::Write {
            op,
            stream,
            chunk
        }),
        (any::<u32>(), option::of(text())).prop_map(|(stream, error)| Effect::Close { stream, error }),
        any::<u32>().prop_map(|op| Effect::Abort { op }),
        any::<Option<u64>>().prop_map(|mono_us| Effect::WakeAt { mono_us }),
        (level, text()).prop_map(|(level, text)| Effect::Log { level, text }),
        (any::<u16>(), text(), response_body).prop_map(|(status, headers, body)| Effect::Respond(
            ResponseHead {
                status,
                headers,
                body
            }
        )),
        any::<u32>().prop_map(|handlers| Effect::Loaded { handlers }),
        thrown().prop_map(Effect::Threw),
        (any::<u32>(), option::of(text())).prop_map(|(exit_code, value)| Effect::Finish { exit_code, value }),
    ]
}

fn call() -> impl Strategy<Value = Act> {
    let arguments = prop_oneof![vec(any::<u8>(), 0..40), vec(any::<u8>(), 1020..1030)];
    let writes = vec((any::<u32>(), vec(any::<u8>(), 0..40)), 0..4);
    let file =
        (text(), arguments, any::<u16>(), writes).prop_map(|(name, arguments, errno, writes)| Act::File {
            name,
            arguments,
            reply: FileReply { errno, writes },
        });
    prop_oneof![3 => effect().prop_map(Act::Effect), 1 => file]
}

fn turn() -> impl Strategy<Value = Vec<Act>> {
    vec(
        prop_oneof![4 => call(), 1 => (1..500_u64).prop_map(Act::Burn)],
        0..6,
    )
}

fn stop() -> impl Strategy<Value = Stop> {
    prop_oneof![
        (limit(), any::<u64>(), any::<u64>()).prop_map(|(limit, value, used)| Stop::Limit {
            limit,
            value,
            used
        }),
        text().prop_map(|by| Stop::Cancelled { by }),
        text().prop_map(|message| Stop::Diverged { message }),
        Just(Stop::Stalled),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (any::<u32>(), option::of(text()))
            .prop_map(|(exit_code, value)| Outcome::Answered { exit_code, value }),
        thrown().prop_map(Outcome::Threw),
        (limit(), any::<u64>(), any::<u64>()).prop_map(|(limit, value, used)| Outcome::Exceeded {
            limit,
            value,
            used
        }),
        text().prop_map(|reason| Outcome::Denied { reason }),
        text().prop_map(|by| Outcome::Cancelled { by }),
        text().prop_map(|message| Outcome::Diverged { message }),
        text().prop_map(|message| Outcome::Fault { message }),
    ]
}

/// A story that ends in any way.
pub fn story() -> impl Strategy<Value = Story> {
    let end = prop_oneof![
        outcome().prop_map(End::ByItself),
        stop().prop_map(End::Between),
        stop().prop_map(End::Call),
        // The fuel is put in place below.
        stop().prop_map(|stop| End::At(0, stop)),
    ];
    let rest = vec((moment(), event(), turn()), 0..6);
    (moment(), first_event(), turn(), rest, call(), end).prop_map(|(moment, first, turn, rest, last, end)| {
        let mut turns = vec![turn];
        let mut events = vec![];
        for (moment, event, turn) in rest {
            events.push((moment, event));
            turns.push(turn);
        }
        let last_turn = turns.last_mut().expect("there is a first turn");
        let end = match end {
            End::Call(stop) => {
                last_turn.push(last);
                End::Call(stop)
            }
            End::At(_, stop) => {
                // The stop falls into what is burnt last, wherever a slice ends there.
                last_turn.push(Act::Burn(1000));
                let before: u64 = turns.iter().flatten().map(fuel_of).sum::<u64>() - 1000;
                End::At(before + 300, stop)
            }
            end => end,
        };
        Story {
            first: (moment, first),
            turns,
            events,
            end,
        }
    })
}

fn fuel_of(act: &Act) -> u64 {
    match act {
        Act::Effect(_) => 7,
        Act::File { .. } => 11,
        Act::Burn(fuel) => *fuel,
    }
}
