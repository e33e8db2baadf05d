//! Paths on disk to paths in the program.
//!
//! A program's files lie under `/bundle`, at their places relative to a base folder. The base is the root, or the nearest
//! folder above it that holds all files (for packages that are hoisted above the root, or workspaces). So nothing of the
//! machine but the names between base and file gets into the program.

use std::path::{Component, Path, PathBuf};

/// The folder below which every file lies, at least `root`. `None` when only the file system's own root would do.
pub(crate) fn base<'a>(root: &Path, files: impl IntoIterator<Item = &'a Path>) -> Option<PathBuf> {
    let mut base = root;
    for file in files {
        while !file.starts_with(base) {
            base = base.parent()?;
        }
    }
    (base == root || base.parent().is_some()).then(|| base.to_path_buf())
}

/// The path of a file in the program. `None` when it is not below the base, or its name is not Unicode.
pub(crate) fn program_path(base: &Path, file: &Path) -> Option<String> {
    let mut path = String::from("/bundle");
    for component in file.strip_prefix(base).ok()?.components() {
        let Component::Normal(name) = component else {
            return None;
        };
        path.push('/');
        path.push_str(name.to_str()?);
    }
    Some(path)
}

/// A file as people see it in messages: relative to the root.
pub(crate) fn shown(root: &Path, file: &Path) -> String {
    let mut up = String::new();
    let mut folder = root;
    loop {
        if let Ok(rest) = file.strip_prefix(folder) {
            let names: Vec<String> = rest
                .components()
                .map(|name| name.as_os_str().to_string_lossy().into_owned())
                .collect();
            return up + &names.join("/");
        }
        let Some(parent) = folder.parent() else {
            return file.to_string_lossy().into_owned();
        };
        folder = parent;
        up.push_str("../");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_rises_only_as_far_as_it_must() {
        let files = [Path::new("/w/app/a.js"), Path::new("/w/node_modules/x/index.js")];
        let base = base(Path::new("/w/app"), files).expect("there is one");
        assert_eq!(base, Path::new("/w"));
        assert_eq!(program_path(&base, files[0]).as_deref(), Some("/bundle/app/a.js"));
        assert_eq!(
            program_path(&base, files[1]).as_deref(),
            Some("/bundle/node_modules/x/index.js")
        );
        assert_eq!(super::base(Path::new("/w/app"), [Path::new("/etc/x.js")]), None);
    }

    #[test]
    fn messages_show_paths_relative_to_the_root() {
        assert_eq!(
            shown(Path::new("/w/app"), Path::new("/w/app/lib/a.js")),
            "lib/a.js"
        );
        assert_eq!(shown(Path::new("/w/app"), Path::new("/w/b.js")), "../b.js");
    }
}
