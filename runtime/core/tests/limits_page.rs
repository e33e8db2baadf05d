//! `docs/limits.md` says what `Limits` says. `HOLM_UPDATE=1` writes the page's table anew.

use holm_core::{Limit, Limits};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md");
const START: &str = "<!-- limits: start -->\n";
const END: &str = "<!-- limits: end -->\n";

fn table() -> String {
    let (functions, scripts) = (Limits::default(), Limits::for_scripts());
    let mut table = String::from("| limit | default | highest | when it is reached |\n|---|---:|---:|---|\n");
    for &limit in Limit::ALL {
        let (unit, value) = (limit.unit(), functions.value(limit));
        let mut default = amount(value, unit);
        if scripts.value(limit) != value {
            default = format!("{default}; scripts {}", amount(scripts.value(limit), unit));
        }
        let message = limit.exceeded(value, value.saturating_add(1));
        let what = message
            .strip_prefix("the program ")
            .and_then(|rest| rest.split_once(':'))
            .expect("its form is fixed")
            .0;
        table += &format!(
            "| `{limit}` | {default} | {} | the program {what} |\n",
            amount(limit.ceiling(), unit)
        );
    }
    table
}

/// A value as people say it: `10 MiB`, `500 ms`, `50 fetches`.
fn amount(value: u64, unit: &str) -> String {
    match unit {
        "bytes" if value.is_multiple_of(1 << 30) => format!("{} GiB", value >> 30),
        "bytes" if value.is_multiple_of(1 << 20) => format!("{} MiB", value >> 20),
        "bytes" if value.is_multiple_of(1 << 10) => format!("{} KiB", value >> 10),
        "ms" if value.is_multiple_of(1_000) => format!("{} s", value / 1_000),
        _ => format!("{value} {unit}"),
    }
}

#[test]
fn the_page_names_every_limit_as_it_is() {
    let page = std::fs::read_to_string(PAGE).expect("docs/limits.md is there");
    let (before, rest) = page
        .split_once(START)
        .expect("the page has the table's start mark");
    let (found, after) = rest.split_once(END).expect("the page has the table's end mark");
    let expected = table();
    #[expect(
        clippy::disallowed_methods,
        reason = "the one way to ask a test for something"
    )]
    let update = std::env::var_os("HOLM_UPDATE").is_some();
    if update {
        std::fs::write(PAGE, format!("{before}{START}{expected}{END}{after}"))
            .expect("the page can be written");
    } else {
        assert_eq!(
            found, expected,
            "docs/limits.md is stale: run this test with HOLM_UPDATE=1"
        );
    }
}

#[test]
fn the_page_says_how_low_each_limit_can_be() {
    let page = std::fs::read_to_string(PAGE).expect("docs/limits.md is there");
    let refused = |limit, value| {
        let mut limits = Limits::default();
        limits.set(limit, value);
        limits.check().err()
    };
    for &limit in Limit::ALL {
        if limit == Limit::Memory {
            let lowest = 8 << 20;
            assert_eq!(refused(limit, lowest), None);
            assert!(refused(limit, lowest - 1).is_some_and(|error| error.contains(&lowest.to_string())));
            let said = format!("`{limit}` is at least {},", amount(lowest, limit.unit()));
            assert!(page.contains(&said), "docs/limits.md does not say: {said}");
        } else {
            assert_eq!(refused(limit, 1), None, "{limit}");
        }
    }
}

#[test]
fn the_page_says_what_fuel_stands_for() {
    let page = std::fs::read_to_string(PAGE).expect("docs/limits.md is there");
    let fuel = holm_core::limits::FUEL_PER_CPU_MS;
    assert!(
        page.contains(&format!("{fuel} units of fuel")),
        "docs/limits.md does not say {fuel} units of fuel"
    );
}
