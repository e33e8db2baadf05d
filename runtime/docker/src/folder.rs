//! A container's folder on the host: its socket, and the files of the program that it runs.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use holm_core::{ModuleFormat, Program};
use tempfile::TempDir;
use tokio::net::UnixListener;

/// Anybody may enter or read; what is above is for its owner alone, and a container sees what is mounted into it.
const FOLDER: u32 = 0o755;
const FILE: u32 = 0o644;
/// Connecting is writing.
const SOCKET: u32 = 0o666;

const AGENT: [(&str, &str); 4] = [
    ("main.cjs", include_str!("../agent/main.cjs")),
    ("patch.cjs", include_str!("../agent/patch.cjs")),
    ("handlers.cjs", include_str!("../agent/handlers.cjs")),
    ("modules.cjs", include_str!("../agent/modules.cjs")),
];

/// Takes this name in the folder of all containers, for as long as the file is held; `None` when another process has it.
pub(crate) fn take_name(state: &Path, node: &str) -> io::Result<Option<fs::File>> {
    fs::create_dir_all(state)?;
    fs::set_permissions(state, fs::Permissions::from_mode(0o700))?;
    let file = fs::File::create(state.join(format!("{node}.lock")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Makes the folder of all containers, and the agent's in it, whose path is given back.
pub(crate) fn prepare_state(state: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(state)?;
    fs::set_permissions(state, fs::Permissions::from_mode(0o700))?;
    let agent = state.join("agent");
    make_folder(&agent)?;
    for (name, source) in AGENT {
        // Another process of this version may be using it.
        let new = tempfile::NamedTempFile::new_in(state)?;
        fs::write(new.path(), source)?;
        fs::set_permissions(new.path(), fs::Permissions::from_mode(FILE))?;
        new.persist(agent.join(name)).map_err(|error| error.error)?;
    }
    Ok(agent)
}

/// The folder of one container; it is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    /// Makes it, with a socket that listens.
    pub fn new(state: &Path, inner: &[(String, String)]) -> io::Result<(Self, UnixListener)> {
        let folder = tempfile::Builder::new().prefix("c").tempdir_in(state)?;
        let run = folder.path().join("run");
        make_folder(&run)?;
        let bundle = folder.path().join("bundle");
        make_folder(&bundle)?;
        for (_, guest) in inner {
            // What is mounted below `/bundle` needs a place there.
            if let Some(place) = place(&bundle, guest) {
                make_folders(&bundle, &place)?;
            }
        }
        let socket = run.join("s");
        let listener = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, fs::Permissions::from_mode(SOCKET))?;
        Ok((Self(folder), listener))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Writes a program's modules to where the program finds them as files, below `/bundle`.
pub(crate) fn write_program(folder: &Path, program: &Program) -> io::Result<()> {
    let bundle = folder.join("bundle");
    for (path, module) in &program.modules {
        let Some(file) = place(&bundle, path) else {
            continue;
        };
        if let Some(parent) = file.parent() {
            make_folders(&bundle, parent)?;
        }
        fs::write(&file, &module.source)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(FILE))?;
    }
    // For workers and children that run one of the files: Node itself decides by this what `.js` is.
    let is_esm = program
        .modules
        .get(&program.entry)
        .is_some_and(|entry| entry.format == ModuleFormat::Esm);
    let package = bundle.join("package.json");
    if is_esm && !package.exists() {
        fs::write(&package, "{\"type\":\"module\"}\n")?;
        fs::set_permissions(&package, fs::Permissions::from_mode(FILE))?;
    }
    Ok(())
}

/// Where a path of the program lies on the host; `None` when it is not below `/bundle`.
fn place(bundle: &Path, path: &str) -> Option<PathBuf> {
    let below = Path::new(path).strip_prefix("/bundle").ok()?;
    let is_plain = below
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (is_plain && below.components().next().is_some()).then(|| bundle.join(below))
}

fn make_folders(base: &Path, folder: &Path) -> io::Result<()> {
    let mut path = base.to_path_buf();
    for part in folder.strip_prefix(base).into_iter().flat_map(Path::components) {
        path.push(part);
        make_folder(&path)?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    fs::set_permissions(path, fs::Permissions::from_mode(FOLDER))
}
