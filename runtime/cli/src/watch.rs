//! `holm serve --watch`: looks for changed files, and puts new versions of functions in the place of old ones. A
//! version that cannot be deployed changes nothing, and the author is told.
//!
//! It compares what the file system says of each file (time, size, number) a few times a second: that works on every
//! file system, network folders and containers' mounts included, and costs nothing for as many files as people edit.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use holm_executor::Executor;
use holm_server::App;

use crate::args::Bounds;
use crate::config::{Config, config_path};
use crate::functions::{self, Deployed, Source};
use crate::output::{self, Problem};

/// How often it looks.
const PERIOD: Duration = Duration::from_millis(150);

/// What is watched, and what to do about it.
pub struct Watcher {
    /// Deploys.
    pub executor: Arc<Executor>,
    /// Serves.
    pub app: Arc<App>,
    /// Read again with the configuration.
    pub bounds: Bounds,
    /// The path that was typed.
    pub typed: PathBuf,
    /// What it is.
    pub source: Source,
    /// What is served.
    pub functions: BTreeMap<String, Deployed>,
}

/// What the file system says of a file; `None` of one that is not there.
type Stamp = Option<(i64, i64, u64, u64)>;

impl Watcher {
    /// Notes what is there now, and looks for changes in a thread of its own until the sender is dropped.
    pub fn start(self) -> Sender<()> {
        let (keep, stop) = mpsc::channel();
        let seen = self.look();
        std::thread::spawn(move || self.watch(seen, &stop));
        keep
    }

    fn watch(mut self, mut seen: BTreeMap<PathBuf, Stamp>, stop: &Receiver<()>) {
        while stop.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
            let now = self.look();
            if now == seen {
                continue;
            }
            // Editors and `git` change several files: what is still changing is looked at again.
            if stop.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            if self.look() != now {
                continue;
            }
            let changed = |path: &Path| now.get(path) != seen.get(path);
            self.reload(&changed);
            // What is watched may be other files now; a change since `now` is found in them next time.
            seen = self.look();
            for (path, stamp) in &mut seen {
                *stamp = now.get(path).copied().unwrap_or(*stamp);
            }
        }
    }

    fn look(&self) -> BTreeMap<PathBuf, Stamp> {
        let mut stamps = BTreeMap::new();
        let mut add = |path: PathBuf| {
            let stamp = stamp(&path);
            stamps.insert(path, stamp);
        };
        if let Some(path) = config_path(&self.bounds, &self.typed) {
            add(path);
        }
        if let Source::Folder(folder) = &self.source {
            // A folder's time changes when files come and go; those of its packages are watched by their files.
            add(folder.clone());
        }
        for deployed in self.functions.values() {
            deployed.watched.iter().cloned().for_each(&mut add);
        }
        stamps
    }

    /// What is new is served before it is told of.
    fn reload(&mut self, changed: &dyn Fn(&Path) -> bool) {
        let mut news = Vec::new();
        match self.changed_functions(changed, &mut news) {
            Ok(functions) => {
                self.functions = functions;
                self.app
                    .replace_routes(functions::routes(&self.source, &self.functions));
            }
            Err(problem) => news.push(News::Error(format!(
                "{}\n  what was served before is still served",
                problem.text
            ))),
        }
        for news in news {
            match news {
                News::Note(text) => output::note(&text),
                News::Warning(text) => output::warning(&text),
                News::Error(text) => output::error(&text),
            }
        }
    }

    /// The functions as they are now on disk; those that did not change are as they were.
    fn changed_functions(
        &self,
        changed: &dyn Fn(&Path) -> bool,
        news: &mut Vec<News>,
    ) -> Result<BTreeMap<String, Deployed>, Problem> {
        let config = Config::read(&self.bounds, &self.typed)?;
        let all = config_path(&self.bounds, &self.typed).is_some_and(|path| changed(&path));
        let mut functions = BTreeMap::new();
        for (name, path) in self.source.functions()?.functions {
            let old = self.functions.get(&name);
            let is_same = old.is_some_and(|old| !all && !old.watched.iter().any(|path| changed(path)));
            let deployed = match old.filter(|_| is_same) {
                Some(old) => old.clone(),
                None => {
                    let new = functions::deploy(&self.executor, &config, &name, &path)?;
                    take_over(&name, old, new, news)
                }
            };
            functions.insert(name, deployed);
        }
        let gone = self
            .functions
            .keys()
            .filter(|name| !functions.contains_key(*name));
        news.extend(gone.map(|name| News::Note(format!("removed {name}"))));
        Ok(functions)
    }
}

/// What people are told of a reload.
enum News {
    Note(String),
    Warning(String),
    Error(String),
}

/// The new version, or the old one where the new one does not deploy.
fn take_over(name: &str, old: Option<&Deployed>, new: Deployed, news: &mut Vec<News>) -> Deployed {
    news.extend(new.warnings.iter().cloned().map(News::Warning));
    let reason = match &new.entry.function {
        Ok(_) => {
            let word = if old.is_some() { "reloaded" } else { "added" };
            news.push(News::Note(format!("{word} {name}")));
            return new;
        }
        Err(reason) => reason.clone(),
    };
    let Some(old) = old.filter(|old| old.entry.function.is_ok()) else {
        news.push(News::Error(reason));
        return new;
    };
    news.push(News::Error(format!(
        "{reason}\n  the version of {name} before is still served"
    )));
    // What was watched before, too: the mistake may be in a file that the new version did not get to.
    let mut watched = new.watched;
    watched.extend(old.watched.iter().cloned());
    Deployed {
        entry: old.entry.clone(),
        watched,
        warnings: Vec::new(),
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.size(),
        metadata.ino(),
    ))
}
