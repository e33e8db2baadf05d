//! The walk from an entry to everything it can reach by a literal specifier.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use holm_core::{Module, ModuleFormat, Program};
use oxc_resolver::{FileSystem, ResolveError};

use crate::{
    Archive, BundleError, Place,
    archive::is_archive,
    discover::entry_of_folder,
    files::Files,
    format::{ADDON_LOADERS, Dialect, Kind, PackageTypes, kind},
    helpers, layout,
    parse::{Parsed, STACK_BYTES, SyntaxError, offset_of, parse, parse_json},
    pattern::Match,
    resolve::{Resolver, Target, names},
    scan::{Computed, Findings, Request, RequestKind},
    similar::similar,
    source_map::{self, Map, Source},
    transpile::{Settings, transpile},
};

/// Files that one computed specifier may take in.
const PATTERN_FILES_MAX: usize = 1_000;

/// Before a specifier that leads elsewhere by `require` than by `import` in the same module: the link of the former.
const FOR_REQUIRE: &str = "require:";

/// How a program is loaded.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The limit `source_bytes`: all modules together, in bytes.
    pub source_bytes_max: u64,
    /// The folder that holds the whole program. When it is given it is closed: what lies outside does not exist. When it is not, it is
    /// the nearest folder above the entry with a package.json, else the entry's own folder; imports may then lead out of it (to
    /// packages further up, and workspaces), and the program's root rises to hold them.
    pub root: Option<PathBuf>,
}

/// A loaded program.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its modules; arguments, environment and preopens are empty.
    pub program: Program,
    /// The folder on disk that is `/bundle`, without symbolic links.
    pub root: PathBuf,
    /// The files whose change changes the program, sorted: modules and package.json files.
    pub watched: Vec<PathBuf>,
    /// What works in another way than its author may think, one sentence each.
    pub warnings: Vec<String>,
    /// The packages that modules of it are from, in alphabetical order.
    pub packages: Vec<Package>,
}

/// A package of npm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Its name, with its scope.
    pub name: String,
    /// Its version; empty when its package.json has none.
    pub version: String,
}

/// Loads the program that starts with `entry`: a file of JavaScript, or a folder with an index.js or a package.json that names
/// its `main`. Blocks on the disk; call it where blocking is fine.
///
/// # Errors
/// When a file is missing or cannot be read or parsed, an import leads nowhere, or a limit is reached. Never panics.
pub fn load(entry: &Path, options: LoadOptions) -> Result<Loaded, BundleError> {
    let current = Mutex::new(entry.display().to_string());
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("holm-bundle".into())
            .stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, || load_here(entry, &options, &current));
        let failed = || BundleError::Internal {
            path: current.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err(failed())),
            Err(error) => Err(BundleError::Unreadable {
                path: entry.display().to_string(),
                reason: error.to_string(),
            }),
        }
    })
}

fn load_here(entry: &Path, options: &LoadOptions, current: &Mutex<String>) -> Result<Loaded, BundleError> {
    let given = entry.display().to_string();
    let entry = entry_file(entry, &given)?;
    if is_archive(&entry) {
        return unpack(&entry, &given, options);
    }
    let root = match &options.root {
        Some(root) => real(root, &root.display().to_string())?,
        None => root_of(&entry),
    };
    let files = Files::new(options.root.is_some().then(|| root.clone()));
    if !files.allows(&entry) {
        return Err(BundleError::Unsupported {
            path: given,
            reason: "the entry is outside of the program's folder".into(),
        });
    }
    match kind(&entry) {
        Kind::Data(_) => {
            let reason = "a program starts with JavaScript or TypeScript: a file .js, .mjs, .cjs, .ts, .mts, .cts, .tsx or .jsx";
            return Err(BundleError::Unsupported {
                path: given,
                reason: reason.into(),
            });
        }
        Kind::Unsupported(reason) => {
            return Err(BundleError::Unsupported {
                path: given,
                reason: reason.into(),
            });
        }
        Kind::Esm | Kind::CommonJs | Kind::JavaScript | Kind::Dialect(_) => {}
    }
    let mut walk = Walk {
        resolver: Resolver::new(&files),
        files,
        types: PackageTypes::default(),
        root,
        source_bytes_max: options.source_bytes_max,
        source_bytes: 0,
        modules: BTreeMap::new(),
        queue: VecDeque::from([Wanted::certainly(entry.clone())]),
        warnings: Vec::new(),
    };
    while let Some(Wanted { path, perhaps }) = walk.queue.pop_front() {
        if !walk.modules.contains_key(&path) {
            *current.lock().unwrap_or_else(PoisonError::into_inner) = layout::shown(&walk.root, &path);
            match walk.visit(&path) {
                Ok(found) => _ = walk.modules.insert(path, found),
                // A template for a generator of code, say. Links to it are dropped.
                Err(_) if perhaps => {}
                Err(error) => return Err(error),
            }
        }
    }
    walk.finish(&entry)
}

/// A program that was built before.
fn unpack(entry: &Path, given: &str, options: &LoadOptions) -> Result<Loaded, BundleError> {
    let unreadable = |error: io::Error| BundleError::Unreadable {
        path: given.into(),
        reason: error.to_string(),
    };
    // Maps and names come on top of what is counted as source.
    let most = options.source_bytes_max.saturating_mul(8).saturating_add(1 << 20);
    let mut bytes = Vec::new();
    File::open(entry)
        .map_err(unreadable)?
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let archive = Archive::parse(bytes.into()).map_err(|reason| BundleError::Unsupported {
        path: given.into(),
        reason: format!("the archive {reason}; build it again with `holm build`"),
    })?;
    let sizes = archive.program.modules.iter().map(|(path, module)| {
        let path = path.strip_prefix("/bundle/").unwrap_or(path);
        (path.to_owned(), source_map::code_bytes(&module.source) as u64)
    });
    let sizes: Vec<(String, u64)> = sizes.collect();
    if sizes.iter().map(|(_, size)| size).sum::<u64>() > options.source_bytes_max {
        return Err(too_large(options.source_bytes_max, sizes));
    }
    Ok(Loaded {
        program: archive.program,
        root: entry.parent().unwrap_or(entry).to_path_buf(),
        watched: vec![entry.to_path_buf()],
        warnings: Vec::new(),
        packages: archive.packages,
    })
}

pub(crate) fn too_large(limit: u64, mut sizes: Vec<(String, u64)>) -> BundleError {
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sizes.truncate(5);
    BundleError::TooLarge {
        limit,
        largest: sizes,
    }
}

/// The entry without symbolic links.
fn entry_file(entry: &Path, given: &str) -> Result<PathBuf, BundleError> {
    let real = real(entry, given)?;
    if !real.is_dir() {
        return Ok(real);
    }
    let inside = entry_of_folder(&real).ok_or_else(|| BundleError::Folder { path: given.into() })?;
    self::real(&inside, given)
}

fn real(path: &Path, given: &str) -> Result<PathBuf, BundleError> {
    path.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            let folder = path
                .parent()
                .filter(|parent| !parent.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            let wanted = path.file_name().unwrap_or_default().to_string_lossy();
            let close = similar(&wanted, names(folder).iter().map(String::as_str));
            let close = close
                .into_iter()
                .map(|name| path.with_file_name(name).display().to_string())
                .collect();
            BundleError::Missing {
                path: given.into(),
                similar: close,
            }
        }
        _ => BundleError::Unreadable {
            path: given.into(),
            reason: error.to_string(),
        },
    })
}

/// The nearest folder above with a package.json, else the file's own. The file system's root is never one.
fn root_of(entry: &Path) -> PathBuf {
    let own = entry.parent().unwrap_or(entry);
    let marked = own.ancestors().filter(|folder| folder.parent().is_some());
    marked
        .into_iter()
        .find(|folder| folder.join("package.json").is_file())
        .unwrap_or(own)
        .to_path_buf()
}

struct Walk {
    files: Files,
    resolver: Resolver,
    types: PackageTypes,
    /// To which paths in messages are relative.
    root: PathBuf,
    source_bytes_max: u64,
    source_bytes: u64,
    modules: BTreeMap<PathBuf, Found>,
    queue: VecDeque<Wanted>,
    warnings: Vec<String>,
}

/// A file that is to be visited.
struct Wanted {
    path: PathBuf,
    /// Nothing but a pattern in a package leads to it; where it is no module, it is left out.
    perhaps: bool,
}

impl Wanted {
    fn certainly(path: PathBuf) -> Self {
        Self { path, perhaps: false }
    }
}

/// A module before paths on disk have become paths in the program.
struct Found {
    format: ModuleFormat,
    source: Bytes,
    links: BTreeMap<String, Target>,
    exports: BTreeSet<String>,
    reexports: BTreeSet<String>,
    map: Option<Map>,
}

impl Walk {
    fn visit(&mut self, path: &Path) -> Result<Found, BundleError> {
        let mut found = Found {
            format: ModuleFormat::Bytes,
            source: Bytes::new(),
            links: BTreeMap::new(),
            exports: BTreeSet::new(),
            reexports: BTreeSet::new(),
            map: None,
        };
        let bytes = self.read(path)?;
        let format = match kind(path) {
            Kind::Esm => Some(ModuleFormat::Esm),
            Kind::CommonJs => Some(ModuleFormat::CommonJs),
            Kind::JavaScript => self.types.of(&self.files, path),
            Kind::Dialect(dialect) => {
                let text = self.text(path, bytes)?;
                return self.transpiled(path, &text, dialect);
            }
            Kind::Data(ModuleFormat::Bytes) => {
                found.source = bytes.into();
                return Ok(found);
            }
            Kind::Data(format) => {
                found.format = format;
                let text = self.text(path, bytes)?;
                if format == ModuleFormat::Json {
                    parse_json(&text).map_err(|error| self.syntax(path, &text, error))?;
                }
                found.source = text.into();
                return Ok(found);
            }
            Kind::Unsupported(reason) => {
                return Err(BundleError::Unsupported {
                    path: self.shown(path),
                    reason: reason.into(),
                });
            }
        };
        let text = self.text(path, bytes)?;
        let Parsed { format, findings } =
            parse(&text, format).map_err(|error| self.syntax(path, &text, error))?;
        self.follow(path, &text, &findings, &mut found)?;
        found.format = format;
        if format == ModuleFormat::CommonJs {
            (found.exports, found.reexports) = (findings.exports, findings.reexports);
        }
        if !in_node_modules(path) {
            match source_map::of_compiled(&self.files, path, &text) {
                Ok(map) => found.map = map,
                Err(reason) => self.warnings.push(format!(
                    "{}: {reason}; stacks name this file, not what it was compiled from",
                    self.shown(path)
                )),
            }
        }
        found.source = without_hashbang(text).into();
        Ok(found)
    }

    /// Follows everything that was found in a source.
    fn follow(
        &mut self,
        path: &Path,
        text: &str,
        findings: &Findings,
        found: &mut Found,
    ) -> Result<(), BundleError> {
        for request in &findings.requests {
            self.request(path, text, request, &mut found.links)?;
        }
        for computed in &findings.patterns {
            self.pattern(path, text, computed, &mut found.links)?;
        }
        if !in_node_modules(path) {
            for &at in &findings.computed {
                let place = Place::new(&self.shown(path), text, at, at);
                self.warnings.push(format!(
                    "{place}: the name of this module is computed; only modules that a literal name leads to are part of the program"
                ));
            }
        }
        Ok(())
    }

    /// Follows a computed specifier to all that it may mean.
    fn pattern(
        &mut self,
        path: &Path,
        text: &str,
        computed: &Computed,
        links: &mut BTreeMap<String, Target>,
    ) -> Result<(), BundleError> {
        let pattern = &computed.pattern;
        let is_package = in_node_modules(path);
        // Packages mean their own files in a folder by it, or something that only their authors know.
        if is_package && !pattern.names_a_folder() {
            return Ok(());
        }
        let Ok(matches) = pattern.files(&self.files, path, PATTERN_FILES_MAX) else {
            if is_package {
                return Ok(());
            }
            let place = Place::new(&self.shown(path), text, computed.start, computed.end);
            return Err(BundleError::Syntax {
                place: Box::new(place),
                message: format!(
                    "the name of this module is computed, and more than {PATTERN_FILES_MAX} files fit {}",
                    pattern.shown()
                ),
                help: Some("name a folder in it that holds what is meant and nothing else".into()),
            });
        };
        if matches.is_empty() && !is_package {
            let place = Place::new(&self.shown(path), text, computed.start, computed.start);
            self.warnings.push(format!(
                "{place}: the name of this module is computed, and no file fits {}",
                pattern.shown()
            ));
        }
        for Match { file, specifiers } in matches {
            for specifier in specifiers {
                links
                    .entry(specifier)
                    .or_insert_with(|| Target::File(file.clone()));
            }
            self.queue.push_back(Wanted {
                path: file,
                perhaps: is_package,
            });
        }
        Ok(())
    }

    fn transpiled(&mut self, path: &Path, text: &str, dialect: Dialect) -> Result<Found, BundleError> {
        let config = self
            .resolver
            .tsconfig(path)
            .map_err(|error| self.config_error(&error))?;
        let settings = config.map(|config| Settings::of(&config)).unwrap_or_default();
        let transpiled =
            transpile(text, dialect, &settings).map_err(|error| self.syntax(path, text, error))?;
        let Parsed { format, findings } = transpiled.parsed;
        let mut found = Found {
            format,
            source: Bytes::new(),
            links: BTreeMap::new(),
            exports: BTreeSet::new(),
            reexports: BTreeSet::new(),
            map: None,
        };
        self.follow(path, text, &findings, &mut found)?;
        if format == ModuleFormat::CommonJs {
            (found.exports, found.reexports) = (findings.exports, findings.reexports);
        }
        found.map = Some(Map {
            sources: vec![Source::File(path.to_path_buf())],
            // A report shows the line; those of packages are of no use to whoever runs the program.
            content: (!in_node_modules(path)).then(|| text.to_owned()),
            mappings: transpiled.mappings,
        });
        found.source = without_hashbang(transpiled.code).into();
        Ok(found)
    }

    fn config_error(&self, error: &ResolveError) -> BundleError {
        let (file, error) = match error {
            ResolveError::TsconfigLoadFailed { path, source } => (self.shown(path), source.as_ref()),
            other => (String::from("tsconfig.json"), other),
        };
        if let ResolveError::Json(error) = error {
            let text = self.files.read(&error.path).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            let message = error.message.split(" at line ").next().unwrap_or_default();
            let start = offset_of(&text, error.line, error.column);
            return self.syntax(
                &error.path,
                &text,
                SyntaxError {
                    start,
                    end: start + 1,
                    message: format!("not a valid configuration of TypeScript: {message}"),
                    help: None,
                },
            );
        }
        let message = match error {
            ResolveError::TsconfigCircularExtend(_) | ResolveError::TsconfigSelfReference(_) => {
                "it extends or references itself".into()
            }
            ResolveError::TsconfigNotFound(path) => {
                format!(
                    "it extends or references {}, which is not there",
                    self.shown(path)
                )
            }
            ResolveError::NotFound(name) => format!("it extends '{name}', which is not there"),
            ResolveError::IOError(error) => format!("it cannot be read: {error}"),
            _ => "it cannot be used".into(),
        };
        BundleError::Config { file, message }
    }

    /// Follows one request, and notes its link.
    fn request(
        &mut self,
        importer: &Path,
        source: &str,
        request: &Request,
        links: &mut BTreeMap<String, Target>,
    ) -> Result<(), BundleError> {
        let specifier = &request.specifier;
        if let Some((name, _)) = helpers::source(specifier) {
            links.insert(specifier.clone(), Target::Helper(name));
            return Ok(());
        }
        let place = || {
            Box::new(Place::new(
                &layout::shown(&self.root, importer),
                source,
                request.start,
                request.end,
            ))
        };
        if request.kind == RequestKind::Asset {
            let file = importer
                .parent()
                .unwrap_or(importer)
                .join(specifier.split(['?', '#']).next().unwrap_or_default());
            let usable = self
                .files
                .metadata(&file)
                .is_ok_and(|metadata| metadata.is_file());
            if usable
                && let Ok(file) = self.files.canonicalize(&file)
                && !matches!(kind(&file), Kind::Unsupported(_))
            {
                self.queue.push_back(Wanted::certainly(file.clone()));
                links.entry(specifier.clone()).or_insert(Target::File(file));
            }
            return Ok(());
        }
        // Packages ask for what is perhaps not there, and are prepared for it; only what certainly runs must be found.
        // So does a function that calls require(), as in Node: what it asks for may come to be by then.
        let optional = request.guarded
            || (in_node_modules(importer) && request.kind != RequestKind::Import)
            || (request.deferred && request.kind.is_require());
        let target = match self.resolver.resolve(importer, specifier, request.kind) {
            Ok(target) => target,
            Err(_) if optional => {
                if !request.guarded {
                    self.warnings.push(format!(
                        "{}: cannot find '{specifier}'; it fails when it is reached",
                        place()
                    ));
                }
                return Ok(());
            }
            Err(_) if self.leads_out(importer, specifier) => {
                return Err(BundleError::Outside {
                    place: place(),
                    specifier: specifier.clone(),
                });
            }
            Err(unresolved) => {
                let (reason, mut help) = (unresolved.reason, unresolved.help);
                if specifier.ends_with("/jsx-runtime") && help.is_some() {
                    help = help.map(|help| {
                        format!("{help}, or name another library by `jsxImportSource` in tsconfig.json: what JSX means is for it to say")
                    });
                }
                return Err(BundleError::Unresolved {
                    place: place(),
                    specifier: specifier.clone(),
                    reason,
                    help,
                });
            }
        };
        if let Target::File(file) = &target {
            match kind(file) {
                Kind::Unsupported(reason) if optional => {
                    self.warnings
                        .push(format!("{}: {} is left out: {reason}", place(), self.shown(file)));
                    return Ok(());
                }
                Kind::Unsupported(reason) => {
                    let path = format!("{} (imported at {})", self.shown(file), place());
                    return Err(BundleError::Unsupported {
                        path,
                        reason: reason.into(),
                    });
                }
                _ => self.queue.push_back(Wanted::certainly(file.clone())),
            }
        }
        if ADDON_LOADERS.contains(&specifier.as_str()) {
            self.warnings.push(format!(
                "{}: '{specifier}' looks for a native addon, and native addons cannot run in a sandbox; use a version of the package in plain JavaScript",
                place()
            ));
        }
        match links.get(specifier) {
            // Its package has a version for each.
            Some(other) if *other != target => {
                let for_require = format!("{FOR_REQUIRE}{specifier}");
                if request.kind.is_require() {
                    links.insert(for_require, target);
                } else if let Some(earlier) = links.insert(specifier.clone(), target) {
                    links.entry(for_require).or_insert(earlier);
                }
            }
            Some(_) => {}
            None => _ = links.insert(specifier.clone(), target),
        }
        Ok(())
    }

    /// Whether a relative specifier leads out of a closed root.
    fn leads_out(&self, importer: &Path, specifier: &str) -> bool {
        let (Some(root), Some(folder)) = (&self.files.closed_root, importer.parent()) else {
            return false;
        };
        if !specifier.starts_with('.') {
            return false;
        }
        let mut path = folder.to_path_buf();
        for part in specifier.split('/') {
            match part {
                "" | "." => {}
                ".." => _ = path.pop(),
                name => path.push(name),
            }
        }
        !path.starts_with(root)
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, BundleError> {
        let unreadable = |error: io::Error| BundleError::Unreadable {
            path: layout::shown(&self.root, path),
            reason: error.to_string(),
        };
        // A pipe or a device would block or never end.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(BundleError::Unsupported {
                path: self.shown(path),
                reason: "it is not a regular file".into(),
            });
        }
        let rest = self.source_bytes_max.saturating_sub(self.source_bytes);
        let mut bytes = Vec::new();
        File::open(path)
            .map_err(unreadable)?
            .take(rest.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let read = bytes.len() as u64;
        if read > rest {
            return Err(self.too_large(path));
        }
        self.source_bytes += read;
        Ok(bytes)
    }

    fn too_large(&self, path: &Path) -> BundleError {
        let last = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let sizes = self
            .modules
            .iter()
            .map(|(path, found)| (self.shown(path), found.source.len() as u64));
        too_large(
            self.source_bytes_max,
            sizes.chain([(self.shown(path), last)]).collect(),
        )
    }

    /// Text without a byte order mark, as Node reads it.
    fn text(&self, path: &Path, bytes: Vec<u8>) -> Result<String, BundleError> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            Err(error) => Err(BundleError::NotUtf8 {
                path: self.shown(path),
                offset: error.utf8_error().valid_up_to(),
            }),
        }
    }

    fn syntax(&self, path: &Path, source: &str, error: SyntaxError) -> BundleError {
        let place = Place::new(&self.shown(path), source, error.start, error.end);
        BundleError::Syntax {
            place: Box::new(place),
            message: error.message,
            help: error.help,
        }
    }

    fn shown(&self, path: &Path) -> String {
        layout::shown(&self.root, path)
    }

    fn finish(self, entry: &Path) -> Result<Loaded, BundleError> {
        let base = layout::base(&self.root, self.modules.keys().map(PathBuf::as_path));
        let in_program = |path: &Path| {
            let path = base.as_deref().and_then(|base| layout::program_path(base, path));
            path.ok_or_else(|| BundleError::Unsupported {
                path: self.shown(entry),
                reason: "its modules lie too far apart, or a name is not Unicode; put them into one folder"
                    .into(),
            })
        };
        let mut modules = BTreeMap::new();
        for (path, found) in &self.modules {
            let mut links = BTreeMap::new();
            for (specifier, target) in &found.links {
                let target = match target {
                    Target::File(file) if !self.modules.contains_key(file) => continue,
                    Target::File(file) => in_program(file)?,
                    Target::Builtin(name) => name.clone(),
                    Target::Helper(name) => {
                        let path = helpers::program_path(name);
                        modules.entry(path.clone()).or_insert_with(|| helper(specifier));
                        path
                    }
                };
                links.insert(specifier.clone(), target);
            }
            let exports = self.exports(path).into_iter().collect();
            let source = match &found.map {
                Some(map) => {
                    let code = String::from_utf8_lossy(&found.source);
                    let base = base.as_deref().unwrap_or(&self.root);
                    source_map::attach(&code, map, base).into()
                }
                None => found.source.clone(),
            };
            modules.insert(
                in_program(path)?,
                Module {
                    format: found.format,
                    source,
                    links,
                    exports,
                },
            );
        }
        let program = Program {
            entry: in_program(entry)?,
            modules,
            ..Program::default()
        };
        let packages: BTreeSet<Package> = self
            .modules
            .keys()
            .filter_map(|path| self.package(path))
            .collect();
        let mut watched: BTreeSet<PathBuf> = self.modules.into_keys().collect();
        watched.extend(self.files.seen());
        let root = base.unwrap_or(self.root);
        Ok(Loaded {
            program,
            root,
            watched: watched.into_iter().collect(),
            warnings: self.warnings,
            packages: packages.into_iter().collect(),
        })
    }

    /// The package whose folder in a `node_modules` a file is in.
    fn package(&self, file: &Path) -> Option<Package> {
        let mut names = Vec::new();
        for folder in file.ancestors().skip(1) {
            let name = folder.file_name()?.to_str()?;
            let parent = folder.parent()?.file_name()?.to_str()?;
            let scope = parent.starts_with('@').then_some(parent);
            let above = if scope.is_some() {
                folder.parent()?.parent()?.file_name()?.to_str()?
            } else {
                parent
            };
            names.push((folder, scope, name));
            if above == "node_modules" && !name.starts_with('@') {
                break;
            }
        }
        let (folder, scope, name) = names.pop()?;
        let version = self.files.package_json(folder);
        let version = version
            .as_ref()
            .and_then(|package| package.get("version")?.as_str());
        Some(Package {
            name: scope.map_or_else(|| name.to_owned(), |scope| format!("{scope}/{name}")),
            version: version.unwrap_or_default().to_owned(),
        })
    }

    /// The export names of a CommonJS module with those of the modules that it exports whole.
    fn exports(&self, path: &Path) -> BTreeSet<String> {
        let (mut names, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![path]);
        while let Some(path) = open.pop() {
            let Some(found) = self.modules.get(path) else {
                continue;
            };
            if !seen.insert(path) {
                continue;
            }
            names.extend(found.exports.iter().cloned());
            for specifier in &found.reexports {
                if let Some(Target::File(file)) = found.links.get(specifier) {
                    open.push(file);
                }
            }
        }
        names
    }
}

/// A module of our own that transpiled code calls.
fn helper(specifier: &str) -> Module {
    let source = helpers::source(specifier).map_or("", |(_, source)| source);
    Module {
        format: ModuleFormat::CommonJs,
        source: Bytes::from_static(source.as_bytes()),
        links: BTreeMap::new(),
        exports: Vec::new(),
    }
}

fn in_node_modules(path: &Path) -> bool {
    path.components()
        .any(|component| component.as_os_str() == "node_modules")
}

/// A hashbang line as a comment of the same length: CommonJS is compiled as the body of a function, where `#!` is an error.
fn without_hashbang(source: String) -> String {
    match source.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => source,
    }
}
