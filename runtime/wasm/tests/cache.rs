//! The folder of compiled engines: what is removed from it, and what is not.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

use holm_wasm::{Cache, CacheState, Engine, EngineConfig};

/// A file that was last used so many days before `now`.
fn file(folder: &Path, name: &str, now: SystemTime, written_days: u64, read_days: u64) {
    let before = |days: u64| now - Duration::from_secs(days * 24 * 3600);
    let file = File::create(folder.join(name)).expect("a file");
    let times = FileTimes::new()
        .set_modified(before(written_days))
        .set_accessed(before(read_days));
    file.set_times(times).expect("times");
}

#[test]
fn engines_that_nobody_used_for_thirty_days_are_removed_when_another_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    File::create(folder.path().join("clock")).expect("a file");
    let now = fs::metadata(folder.path().join("clock")).and_then(|metadata| metadata.modified());
    let now = now.expect("a time");
    let old = "engine-00000000000000000000000000000000.code";
    let image = "engine-00000000000000000000000000000000.image";
    let recent = "engine-11111111111111111111111111111111.code";
    let read = "engine-22222222222222222222222222222222.image";
    let others = [
        "engine-0.code",
        "notes.txt",
        "engine-zz000000000000000000000000000000.code",
    ];
    file(folder.path(), old, now, 31, 31);
    file(folder.path(), image, now, 400, 31);
    file(folder.path(), recent, now, 29, 29);
    file(folder.path(), read, now, 400, 2);
    for other in others {
        file(folder.path(), other, now, 400, 400);
    }
    let cache = Cache::at(folder.path());
    let engine = Engine::new(&cache, EngineConfig::default()).expect("an engine");
    assert_eq!(*engine.cache(), CacheState::Filled);
    let is_there = |name: &str| folder.path().join(name).exists();
    assert!(!is_there(old) && !is_there(image));
    assert!(is_there(recent) && is_there(read));
    assert!(others.iter().all(|name| is_there(name)));
    let engine = Engine::new(&cache, EngineConfig::default()).expect("an engine");
    assert_eq!(*engine.cache(), CacheState::Hit);
}
