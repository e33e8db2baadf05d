//! What an invocation starts from: the first two entries of a journal, and their bytes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use holm_core::{Event, Limit, Limits, Module, ModuleFormat, Preopen, Program};

use crate::codec::{Decoder, Encoder, Malformed};
use crate::ending::read_limit;

/// What an invocation starts from, apart from its first event.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalHeader {
    /// Names the engine: a hash of the guest module and its built-ins. Another engine may use other fuel.
    pub engine: [u8; 32],
    /// What the program is evaluated as.
    pub kind: Kind,
    /// Wall clock at the beginning, microseconds since the Unix epoch.
    pub created_wall_us: u64,
    /// What the invocation was bounded by.
    pub limits: Limits,
    /// All of its code. A journal leaves out where on the host the preopened folders are: `host` is `None`
    /// for all of them in a program that was read from one, as a replay touches no files.
    pub program: Arc<Program>,
}

/// What a program is evaluated as, which its first event must agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As a script, to completion: begins with [`Event::Script`].
    Script,
    /// As a function, in its image before the invocation: begins with [`Event::Request`] that is not inline, or
    /// with [`Event::Scheduled`].
    Function,
    /// As a function, in the turn of its request: begins with [`Event::Request`] that is inline.
    OneOff,
    /// As a script that has a value: begins with [`Event::Execution`].
    Execution,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Script => "script",
            Self::Function => "function",
            Self::OneOff => "one-off",
            Self::Execution => "execution",
        })
    }
}

impl Kind {
    /// The kind of an invocation that begins with this event; `None` when none does.
    pub fn of(first: &Event) -> Option<Self> {
        match first {
            Event::Script { .. } => Some(Self::Script),
            Event::Execution { .. } => Some(Self::Execution),
            Event::Request { inline: true, .. } => Some(Self::OneOff),
            Event::Request { inline: false, .. } | Event::Scheduled { .. } => Some(Self::Function),
            Event::Done { .. } | Event::Wake | Event::Cancel { .. } => None,
        }
    }
}

/// What is in the header's own entry: the program has the next one.
pub(crate) struct Head {
    pub(crate) abi_version: u32,
    pub(crate) engine: [u8; 32],
    pub(crate) kind: Kind,
    pub(crate) created_wall_us: u64,
    pub(crate) limits: Limits,
}

pub(crate) fn write_head(e: &mut Encoder, header: &JournalHeader) {
    e.u32(holm_host_api::ABI_VERSION);
    e.hash(&header.engine);
    e.u8(match header.kind {
        Kind::Script => 1,
        Kind::Function => 2,
        Kind::OneOff => 3,
        Kind::Execution => 4,
    });
    e.u64(header.created_wall_us);
    e.count(Limit::ALL.len());
    for &limit in Limit::ALL {
        e.str(limit.name());
        e.u64(header.limits.value(limit));
    }
}

pub(crate) fn read_head(d: &mut Decoder) -> Result<Head, Malformed> {
    let head = Head {
        abi_version: d.u32()?,
        engine: d.hash()?,
        kind: match d.u8()? {
            1 => Kind::Script,
            2 => Kind::Function,
            3 => Kind::OneOff,
            4 => Kind::Execution,
            _ => return Err("names a kind of invocation that does not exist"),
        },
        created_wall_us: d.u64()?,
        limits: read_limits(d)?,
    };
    d.end()?;
    Ok(head)
}

fn read_limits(d: &mut Decoder) -> Result<Limits, Malformed> {
    let mut limits = Limits::default();
    for &limit in Limit::ALL {
        limits.set(limit, limit.ceiling());
    }
    // A name's length and a value: 12 bytes at least.
    let mut seen = Vec::new();
    for (limit, value) in d.list(12, |d| Ok((read_limit(d)?, d.u64()?)))? {
        if seen.contains(&limit) {
            return Err("has a limit twice");
        }
        seen.push(limit);
        limits.set(limit, value);
    }
    Ok(limits)
}

pub(crate) fn write_program(e: &mut Encoder, program: &Program) {
    let Program {
        entry,
        modules,
        arguments,
        env,
        preopens,
    } = program;
    e.str(entry);
    e.count(modules.len());
    for (
        path,
        Module {
            format,
            source,
            links,
            exports,
        },
    ) in modules
    {
        e.str(path);
        e.u8(match format {
            ModuleFormat::Esm => 1,
            ModuleFormat::CommonJs => 2,
            ModuleFormat::Json => 3,
            ModuleFormat::Text => 4,
            ModuleFormat::Bytes => 5,
            ModuleFormat::Script => 6,
        });
        e.bytes(source);
        write_map(e, links);
        write_strs(e, exports);
    }
    write_strs(e, arguments);
    write_map(e, env);
    e.count(preopens.len());
    for Preopen {
        host: _,
        guest,
        read_only,
    } in preopens
    {
        e.str(guest);
        e.bool(*read_only);
    }
}

pub(crate) fn read_program(d: &mut Decoder) -> Result<Program, Malformed> {
    let program = Program {
        entry: d.str()?,
        // Path, format, source, links, exports: 17 bytes at least.
        modules: ascending(d.list(17, |d| Ok((d.str()?, read_module(d)?)))?)?,
        arguments: read_strs(d)?,
        env: read_map(d)?,
        preopens: d.list(5, |d| {
            Ok(Preopen {
                host: None,
                guest: d.str()?,
                read_only: d.bool()?,
            })
        })?,
    };
    d.end()?;
    Ok(program)
}

fn read_module(d: &mut Decoder) -> Result<Module, Malformed> {
    Ok(Module {
        format: match d.u8()? {
            1 => ModuleFormat::Esm,
            2 => ModuleFormat::CommonJs,
            3 => ModuleFormat::Json,
            4 => ModuleFormat::Text,
            5 => ModuleFormat::Bytes,
            6 => ModuleFormat::Script,
            _ => return Err("has a module of a format that does not exist"),
        },
        source: d.bytes()?,
        links: read_map(d)?,
        exports: read_strs(d)?,
    })
}

fn write_strs(e: &mut Encoder, strs: &[String]) {
    e.count(strs.len());
    for str in strs {
        e.str(str);
    }
}

fn read_strs(d: &mut Decoder) -> Result<Vec<String>, Malformed> {
    d.list(4, Decoder::str)
}

fn write_map(e: &mut Encoder, map: &BTreeMap<String, String>) {
    e.count(map.len());
    for (key, value) in map {
        e.str(key);
        e.str(value);
    }
}

fn read_map(d: &mut Decoder) -> Result<BTreeMap<String, String>, Malformed> {
    ascending(d.list(8, |d| Ok((d.str()?, d.str()?)))?)
}

/// One program has one encoding: what is not in order, or there twice, was not written by us.
fn ascending<T>(items: Vec<(String, T)>) -> Result<BTreeMap<String, T>, Malformed> {
    if items.is_sorted_by(|(a, _), (b, _)| a < b) {
        Ok(items.into_iter().collect())
    } else {
        Err("has names that are not in ascending order")
    }
}
