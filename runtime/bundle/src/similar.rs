//! "Did you mean": the names that differ least from one that is not there.

/// Up to three of `names` that are close to `wanted`, the closest first, ties in alphabetical order.
pub fn similar<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let worst = (wanted.chars().count() / 3).clamp(1, 4);
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let mut close: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != wanted)
        .filter_map(|name| {
            let edits = distance(&wanted.to_lowercase(), &name.to_lowercase());
            // The same name with another extension is what was meant, however long the extension.
            let same_stem = !stem(name).is_empty() && stem(name) == stem(wanted);
            (edits <= worst || same_stem).then_some((edits, name))
        })
        .collect();
    close.sort_unstable();
    close
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) =
        (from.chars().take(200).collect(), to.chars().take(200).collect());
    let mut older: Vec<usize> = Vec::new();
    let mut old: Vec<usize> = (0..=to.len()).collect();
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = old[j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replaced.min(old[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(older[j - 2] + 1);
            }
            row.push(best);
        }
        older = std::mem::replace(&mut old, row);
    }
    old[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name() {
        assert_eq!(similar("helo.js", ["hello.js", "world.js"]), ["hello.js"]);
        assert_eq!(similar("utli", ["util", "utils"]), ["util"]);
        assert_eq!(similar("hello", ["hello.mjs", "x"]), ["hello.mjs"]);
        assert!(similar("a", ["zebra", "b.js"]).is_empty());
    }
}
