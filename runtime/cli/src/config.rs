//! What was typed and what stands in `holm.toml`, put together and checked before anything is opened. The only
//! place that reads the environment.
//!
//! Precedence, the last wins: defaults, `holm.toml`, its section of the function, the command line. Network rules
//! are tried in the opposite order, so that the first that matches is the one of the command line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use holm_core::{Limit, Limits, Preopen};
use holm_executor::Mode;
use holm_policy::{Policy, Rule, RuleConfig};
use holm_server::Trust;
use holm_wasm::{Cache, MemoryKind};
use serde::Deserialize;
use serde::de::{self, Deserializer, Unexpected, Visitor};

use crate::args::Bounds;
use crate::output::Problem;

/// The name of the configuration beside a program.
const FILE_NAME: &str = "holm.toml";

/// Everything that is set, of all sources.
#[derive(Debug)]
pub struct Config {
    file: File,
    /// Where the file is; folders in it are relative to its own. Empty where there is none.
    path: PathBuf,
    typed: Typed,
}

/// What the command line says, understood.
#[derive(Debug, Default)]
struct Typed {
    rules: Vec<Rule>,
    env: BTreeMap<String, String>,
    dirs: Vec<Preopen>,
    limits: Vec<(Limit, u64)>,
}

/// What holds for one function, or for a script.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its bounds, checked.
    pub limits: Limits,
    /// What it may reach.
    pub policy: Policy,
    /// `process.env`
    pub env: BTreeMap<String, String>,
    /// Folders, `/tmp` first.
    pub preopens: Vec<Preopen>,
    /// In what it is to run, where that is said.
    pub mode: Option<Mode>,
}

/// `holm.toml` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    limits: BTreeMap<String, Amount>,
    allow: Vec<RuleConfig>,
    env: BTreeMap<String, String>,
    dirs: Vec<String>,
    server: Server,
    executions: ExecutionsSection,
    docker: Docker,
    /// As `--memories`.
    memories: Option<String>,
    functions: BTreeMap<String, Function>,
}

/// The section `[executions]`: the most that code which is executed once may ask for, by whose it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExecutionsSection {
    untrusted: BTreeMap<String, Amount>,
    trusted: BTreeMap<String, Amount>,
}

/// A section `[functions.NAME]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Function {
    limits: BTreeMap<String, Amount>,
    allow: Vec<RuleConfig>,
    env: BTreeMap<String, String>,
    dirs: Vec<String>,
    /// In what it runs.
    mode: Option<FunctionMode>,
}

/// `wasm`, `docker` or `auto`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FunctionMode {
    Auto,
    Wasm,
    Docker,
}

/// The section `[server]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// As `--listen`.
    pub listen: Option<String>,
    /// As `--api`.
    pub api: Option<String>,
    /// As `--api-allow-private`.
    pub api_allow_private: bool,
    /// As `--workers`.
    pub workers: Option<usize>,
    /// As `--dev`.
    pub dev: bool,
    /// As `--watch`.
    pub watch: bool,
    /// As `--record-dir`, relative to the file.
    pub record_dir: Option<PathBuf>,
    /// Connections at the same time.
    pub connections_max: Option<usize>,
    /// How long requests under way may go on when the server is to stop.
    pub grace_ms: Option<u64>,
    /// How long a request's head may take to come.
    pub header_timeout_ms: Option<u64>,
    /// How long a connection without a request stays open.
    pub idle_timeout_ms: Option<u64>,
}

/// The section `[docker]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Docker {
    /// As `--docker`.
    pub socket: Option<PathBuf>,
    /// As `--docker-image`.
    pub image: Option<String>,
    /// As `--docker-runtime`.
    pub runtime: Option<String>,
    /// As `--docker-pool`.
    pub pool: Option<usize>,
    /// As `--docker-wait-ms`.
    pub wait_ms: Option<u64>,
    /// As `--docker-node`.
    pub node: Option<String>,
    /// As `--docker-state`.
    pub state: Option<PathBuf>,
    /// Processes and threads at the same time, in one container.
    pub pids: Option<u32>,
    /// CPUs of one container, in thousandths.
    pub milli_cpus: Option<u32>,
    /// How long the engine may take for one call.
    pub patience_ms: Option<u64>,
}

/// A number, or a text with a unit.
#[derive(Clone, Debug)]
enum Amount {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a whole number from 0 on, or one with a unit in quotes, such as \"2s\" or \"64MiB\"",
                )
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
                Ok(Amount::Number(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
                u64::try_from(number)
                    .map(Amount::Number)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                Ok(Amount::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl Config {
    /// Reads what was typed, and `holm.toml` where there is one.
    ///
    /// # Errors
    /// What makes no sense in either, and what to write instead.
    pub fn read(bounds: &Bounds, source: &Path) -> Result<Self, Problem> {
        let (file, path) = match config_path(bounds, source) {
            Some(path) if bounds.config.is_some() || path.is_file() => (read_file(&path)?, path),
            _ => (File::default(), PathBuf::new()),
        };
        Ok(Self {
            file,
            path,
            typed: Typed::of(bounds)?,
        })
    }

    /// The section `[server]`.
    pub fn server(&self) -> Server {
        let mut server = self.file.server.clone();
        server.record_dir = server.record_dir.map(|folder| self.base().join(folder));
        server
    }

    /// The section `[docker]`.
    pub fn docker(&self) -> &Docker {
        &self.file.docker
    }

    /// What instances are made in: as typed, as in the file, or the system's own.
    ///
    /// # Errors
    /// The file names something that this system does not have.
    pub fn memories(&self, typed: Option<MemoryKind>) -> Result<MemoryKind, Problem> {
        let Some(name) = self.file.memories.as_deref().filter(|_| typed.is_none()) else {
            return Ok(typed.unwrap_or_default());
        };
        MemoryKind::from_name(name).ok_or_else(|| {
            let names: Vec<_> = MemoryKind::ALL.iter().map(|kind| kind.name()).collect();
            self.in_file(
                "memories",
                &format!("`{name}` is not there; this system has {}", names.join(" and ")),
            )
        })
    }

    /// The most that code of that trust may ask for, where the section `[executions]` says it.
    ///
    /// # Errors
    /// A limit that makes no sense.
    pub fn most(&self, trust: Trust) -> Result<Vec<(Limit, u64)>, Problem> {
        let (name, section) = match trust {
            Trust::Untrusted => ("untrusted", &self.file.executions.untrusted),
            Trust::Trusted => ("trusted", &self.file.executions.trusted),
        };
        let limits = section.iter().map(|(limit, amount)| {
            amount
                .limit(limit)
                .map_err(|text| self.in_file(&format!("executions.{name}"), &text))
        });
        limits.collect()
    }

    /// The limits that were typed, each as often as it was.
    pub fn typed_limits(&self) -> &[(Limit, u64)] {
        &self.typed.limits
    }

    /// Sections of functions that are not there: misspelt, probably.
    pub fn unused<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
        let missing = self
            .file
            .functions
            .keys()
            .filter(|name| !names.clone().any(|other| other == name.as_str()));
        missing
            .map(|name| {
                let close = holm_bundle::similar(name, names.clone());
                let help = close
                    .first()
                    .map_or_else(String::new, |close| format!("; did you mean `{close}`?"));
                format!(
                    "{}: there is no function `{name}` for the section [functions.{name}]{help}",
                    self.path.display()
                )
            })
            .collect()
    }

    /// What holds for a script, or for a function of that name, on top of `limits`.
    ///
    /// # Errors
    /// A limit, rule or folder that makes no sense.
    pub fn settings(&self, function: Option<&str>, mut limits: Limits) -> Result<Settings, Problem> {
        let none = Function::default();
        let own = function
            .and_then(|name| self.file.functions.get(name))
            .unwrap_or(&none);
        let section = function.map_or_else(String::new, |name| format!("functions.{name}."));
        for (prefix, section) in [("", &self.file.limits), (section.as_str(), &own.limits)] {
            for (name, amount) in section {
                let (limit, value) = amount
                    .limit(name)
                    .map_err(|text| self.in_file(&format!("{prefix}limits"), &text))?;
                limits.set(limit, value);
            }
        }
        for (limit, value) in &self.typed.limits {
            limits.set(*limit, *value);
        }
        limits.check().map_err(Problem::usage)?;

        let mut rules = self.typed.rules.clone();
        for (prefix, section) in [(section.as_str(), &own.allow), ("", &self.file.allow)] {
            let policy = Policy::from_config(section);
            let policy =
                policy.map_err(|error| self.in_file(&format!("{prefix}allow"), &error.to_string()))?;
            rules.extend(policy.rules().iter().cloned());
        }

        let mut env = self.file.env.clone();
        env.extend(own.env.clone());
        env.extend(self.typed.env.clone());

        let mut preopens = Vec::new();
        for (prefix, section) in [("", &self.file.dirs), (section.as_str(), &own.dirs)] {
            for text in section {
                let dir = parse_dir(text, self.base())
                    .map_err(|text| self.in_file(&format!("{prefix}dirs"), &text))?;
                replace(&mut preopens, dir);
            }
        }
        for dir in &self.typed.dirs {
            replace(&mut preopens, dir.clone());
        }
        if !preopens.iter().any(|preopen| preopen.guest == "/tmp") {
            preopens.insert(
                0,
                Preopen {
                    host: None,
                    guest: "/tmp".into(),
                    read_only: false,
                },
            );
        }
        Ok(Settings {
            limits,
            policy: Policy::new(rules),
            env,
            preopens,
            mode: own.mode.map(|mode| match mode {
                FunctionMode::Auto => Mode::Auto,
                FunctionMode::Wasm => Mode::Wasm,
                FunctionMode::Docker => Mode::Docker,
            }),
        })
    }

    fn base(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    fn in_file(&self, section: &str, text: &str) -> Problem {
        Problem::usage(format!("{}: {section}: {text}", self.path.display()))
    }
}

impl Typed {
    fn of(bounds: &Bounds) -> Result<Self, Problem> {
        let mut typed = Self::default();
        for text in &bounds.allow {
            let rule = if bounds.allow_private {
                Rule::parse_private(text)
            } else {
                Rule::parse(text)
            };
            typed
                .rules
                .push(rule.map_err(|error| Problem::usage(format!("--allow {error}")))?);
        }
        for text in &bounds.dir {
            let dir =
                parse_dir(text, Path::new("")).map_err(|text| Problem::usage(format!("--dir {text}")))?;
            if typed.dirs.iter().any(|other| other.guest == dir.guest) {
                return Err(Problem::usage(format!(
                    "--dir: two folders are to be seen as {}; give each a path of its own",
                    dir.guest
                )));
            }
            typed.dirs.push(dir);
        }
        for text in &bounds.env {
            let (name, value) = variable(text)?;
            typed.env.insert(name, value);
        }
        let short = [
            (Limit::Cpu, bounds.cpu_ms),
            (Limit::Wall, bounds.wall_ms),
            (
                Limit::Memory,
                bounds.memory_mib.map(|mib| mib.saturating_mul(1 << 20)),
            ),
        ];
        typed.limits.extend(
            short
                .into_iter()
                .filter_map(|(limit, value)| Some((limit, value?))),
        );
        for text in &bounds.limit {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                Problem::usage(format!(
                    "--limit `{text}` has no value; write for instance {text}=100"
                ))
            })?;
            let amount = Amount::Text(value.to_owned());
            typed.limits.push(
                amount
                    .limit(name)
                    .map_err(|text| Problem::usage(format!("--limit {text}")))?,
            );
        }
        Ok(typed)
    }
}

impl Amount {
    /// The limit of this name with this value.
    fn limit(&self, name: &str) -> Result<(Limit, u64), String> {
        let limit = Limit::from_name(name).ok_or_else(|| {
            let names = Limit::ALL.iter().map(|limit| limit.name());
            let close = holm_bundle::similar(name, names.clone());
            match close.first() {
                Some(close) => format!("`{name}` is no limit; did you mean `{close}`?"),
                None => format!(
                    "`{name}` is no limit; there are {}",
                    names.collect::<Vec<_>>().join(", ")
                ),
            }
        })?;
        let value = match self {
            Self::Number(number) => *number,
            Self::Text(text) => amount(text, limit.unit()).ok_or_else(|| {
                let example = match limit.unit() {
                    "ms" => "500, 500ms or 2s",
                    "bytes" => "65536, 64KiB or 2MiB",
                    _ => "a whole number",
                };
                format!("`{name}={text}` is not a value; write {example}")
            })?,
        };
        Ok((limit, value))
    }
}

/// A number with a unit that fits.
fn amount(text: &str, unit: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let factor = match (unit, text[digits..].trim()) {
        (_, "") => 1,
        ("ms", "ms") => 1,
        ("ms", "s") => 1_000,
        ("ms", "min") => 60_000,
        ("bytes", "B") => 1,
        ("bytes", "KiB") => 1 << 10,
        ("bytes", "MiB") => 1 << 20,
        ("bytes", "GiB") => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// `HOST:GUEST` or `HOST:GUEST:ro`; `base` is what a relative host path begins from.
fn parse_dir(text: &str, base: &Path) -> Result<Preopen, String> {
    let (paths, read_only) = match text.rsplit_once(':') {
        Some((paths, "ro")) => (paths, true),
        Some((paths, "rw")) => (paths, false),
        _ => (text, false),
    };
    let Some((host, guest)) = paths
        .rsplit_once(':')
        .filter(|(host, guest)| !host.is_empty() && !guest.is_empty())
    else {
        return Err(format!(
            "`{text}` does not say what the program is to see it as; write HOST:GUEST, for instance ./data:/data:ro"
        ));
    };
    let is_plain = guest.starts_with('/')
        && guest.len() > 1
        && guest
            .split('/')
            .skip(1)
            .all(|part| !matches!(part, "" | "." | ".."));
    if !is_plain {
        return Err(format!(
            "`{text}`: `{guest}` is not a path that a program can see; write an absolute one such as /data"
        ));
    }
    if guest == "/bundle" || guest.starts_with("/bundle/") {
        return Err(format!(
            "`{text}`: /bundle is where the program itself is; take another path"
        ));
    }
    let folder = base.join(host);
    let folder = folder
        .canonicalize()
        .map_err(|error| format!("`{text}`: the folder {host} cannot be used: {error}"))?;
    if !folder.is_dir() {
        return Err(format!("`{text}`: {host} is not a folder"));
    }
    Ok(Preopen {
        host: Some(folder),
        guest: guest.to_owned(),
        read_only,
    })
}

fn replace(preopens: &mut Vec<Preopen>, preopen: Preopen) {
    preopens.retain(|other| other.guest != preopen.guest);
    preopens.push(preopen);
}

/// `NAME=VALUE`, or `NAME` for the value that it has here.
#[expect(clippy::disallowed_methods, reason = "--env NAME asks for it by name")]
fn variable(text: &str) -> Result<(String, String), Problem> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, value.to_owned()),
        None => {
            let value = std::env::var(text).map_err(|_| {
                Problem::usage(format!(
                    "--env {text}: there is no such variable here; set it, or write {text}=VALUE"
                ))
            })?;
            (text, value)
        }
    };
    if name.is_empty() {
        return Err(Problem::usage(format!(
            "--env `{text}` has no name; write NAME=VALUE"
        )));
    }
    Ok((name.to_owned(), value))
}

/// Where the configuration is, or would be.
pub fn config_path(bounds: &Bounds, source: &Path) -> Option<PathBuf> {
    if let Some(path) = &bounds.config {
        return Some(path.clone());
    }
    let folder = if source.is_dir() {
        Some(source)
    } else {
        source.parent()
    };
    Some(folder?.join(FILE_NAME))
}

fn read_file(path: &Path) -> Result<File, Problem> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::usage(format!("the configuration {shown} cannot be read: {error}")))?;
    toml::from_str(&text).map_err(|error| {
        let close = suggestion(error.message())
            .map_or_else(String::new, |close| format!("  help: did you mean `{close}`?"));
        Problem::usage(format!(
            "the configuration {shown} makes no sense: {error}{close}"
        ))
    })
}

/// serde says which keys there are; which of them was meant is not its business.
fn suggestion(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, known) = rest.split_once("`, expected")?;
    let known = known.split('`').skip(1).step_by(2);
    holm_bundle::similar(unknown, known).into_iter().next()
}

/// Where compiled engines are kept: HOLM_CACHE_DIR, else the user's cache folder. `HOLM_CACHE_DIR=` keeps none.
pub fn cache() -> Cache {
    match cache_folder() {
        Some(folder) => Cache::at(folder),
        None => Cache::off(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment says where caches are kept"
)]
fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if let Some(own) = folder("HOLM_CACHE_DIR") {
        return Some(own).filter(|own| !own.as_os_str().is_empty());
    }
    // As the XDG base directory specification says: what is not absolute is to be passed over.
    let users = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let users = users.or_else(|| Some(folder("HOME").filter(|path| path.is_absolute())?.join(".cache")));
    Some(users?.join("holm"))
}

/// Nobody asked for plain text.
#[expect(
    clippy::disallowed_methods,
    reason = "NO_COLOR is a convention of the environment"
)]
pub fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
