//! Reading: everything that is written comes back, and nothing that was changed does.

use holm_core::Program;
use holm_journal::{Ending, Entry, Journal, JournalError, Replayed};
use proptest::prelude::*;

use crate::fake::{self, Act, Story};
use crate::{arbitrary, golden};

const PREAMBLE_BYTES: usize = 12;
const HEAD_BYTES: usize = 12;

/// The payloads of a journal, by the page and not by the code.
fn payloads(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut payloads = vec![];
    let mut rest = &bytes[PREAMBLE_BYTES..];
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest[..4].try_into().expect("four bytes")) as usize;
        payloads.push(rest[HEAD_BYTES..HEAD_BYTES + len].to_vec());
        rest = &rest[HEAD_BYTES + len..];
    }
    payloads
}

/// A journal of these payloads, with right checksums, by the page and not by the code.
fn assemble(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"\x89holm\r\n\x1a\x01\0\0\0".to_vec();
    for (number, payload) in payloads.iter().enumerate() {
        let mut head = (payload.len() as u32).to_le_bytes().to_vec();
        head.extend(crc32fast::hash(payload).to_le_bytes());
        let numbered = [&(number as u64).to_le_bytes()[..], &head].concat();
        head.extend(crc32fast::hash(&numbered).to_le_bytes());
        bytes.extend(head);
        bytes.extend(payload);
    }
    bytes
}

/// Where each frame begins, and the end.
fn boundaries(bytes: &[u8]) -> Vec<usize> {
    let mut at = PREAMBLE_BYTES;
    let mut all = vec![at];
    for payload in payloads(bytes) {
        at += HEAD_BYTES + payload.len();
        all.push(at);
    }
    all
}

fn refused(payloads: &[Vec<u8>]) -> String {
    Journal::parse(assemble(payloads))
        .expect_err("it makes no sense")
        .to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_recorded_is_read(
        story in arbitrary::story(), program in arbitrary::program(), limits in arbitrary::limits(),
        engine: [u8; 32], created_wall_us: u64,
    ) {
        let mut header = fake::header(&story, program);
        (header.limits, header.engine, header.created_wall_us) = (limits, engine, created_wall_us);
        let (bytes, report, _) = fake::record(&story, header.clone());
        let journal = fake::parse(&bytes);
        prop_assert_eq!(journal.header(), &header);
        prop_assert_eq!(journal.abi_version(), holm_host_api::ABI_VERSION);
        prop_assert_eq!(journal.first(), &story.first);
        prop_assert_eq!(journal.entries(), fake::expected_entries(&story, &report));
        prop_assert_eq!(journal.report(), Some(&report));
        prop_assert_eq!(journal.ending(), Ending::Complete);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes: Vec<u8>) {
        prop_assert!(Journal::parse(bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_behind_a_right_beginning_do_no_harm(bytes: Vec<u8>) {
        let mut journal = assemble(&payloads(&golden::bytes())[..3]);
        let before = fake::parse(&journal).ending();
        prop_assert_eq!(before, Ending::Missing { entry: 3 });
        journal.extend(bytes);
        let _ = Journal::parse(journal);
    }

    #[test]
    fn arbitrary_entries_with_right_checksums_do_no_harm(
        which: prop::sample::Index, change in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut: Option<prop::sample::Index>,
    ) {
        let mut payloads = payloads(&golden::bytes());
        let which = which.index(payloads.len());
        let payload = &mut payloads[which];
        for (index, byte) in change {
            let index = index.index(payload.len());
            payload[index] = byte;
        }
        if let Some(cut) = cut {
            payload.truncate(cut.index(payload.len()));
        }
        let _ = Journal::parse(assemble(&payloads));
    }
}

#[test]
fn the_page_describes_the_frames() {
    let bytes = golden::bytes();
    assert_eq!(assemble(&payloads(&bytes)), bytes);
}

#[test]
fn a_journal_that_is_cut_off_is_readable_up_to_its_last_whole_entry() {
    for (name, story) in golden::stories() {
        let (bytes, _) = golden::written(&story);
        let whole = fake::parse(&bytes);
        for len in 0..bytes.len() {
            check_cut_off(&bytes[..len], name, &whole, &boundaries(&bytes), &story);
        }
    }
}

fn check_cut_off(bytes: &[u8], name: &str, whole: &Journal, boundaries: &[usize], story: &Story) {
    let len = bytes.len();
    let whole_entries = boundaries
        .iter()
        .filter(|&&boundary| boundary <= len)
        .count()
        .saturating_sub(1);
    let entry = whole_entries as u64;
    let journal = match Journal::parse(bytes.to_vec()) {
        Ok(journal) => journal,
        Err(JournalError::Empty) => return assert_eq!(len, 0),
        Err(error) => {
            assert!(whole_entries < 3, "{name}, {len} bytes: {error}");
            return assert_eq!(
                error,
                JournalError::TooShort {
                    entry,
                    byte: len as u64
                }
            );
        }
    };
    assert_eq!(
        journal.entries(),
        &whole.entries()[..whole_entries - 3],
        "{name}, {len} bytes"
    );
    assert_eq!(journal.report(), None);
    if boundaries.contains(&len) {
        assert_eq!(journal.ending(), Ending::Missing { entry });
        let (result, report, _) = fake::replay(journal, story);
        assert_eq!(
            result,
            Replayed::Incomplete(Ending::Missing { entry }),
            "{name}, {len} bytes"
        );
        let lacks_only_its_end = whole_entries + 1 == boundaries.len() - 1;
        let recorded = &whole.report().expect("it is whole").outcome;
        if lacks_only_its_end {
            assert_eq!(&report.outcome, recorded, "{name}");
        }
    } else {
        assert_eq!(
            journal.ending(),
            Ending::CutOff {
                entry,
                byte: len as u64
            }
        );
    }
}

#[test]
fn what_is_missing_is_said() {
    let bytes = golden::bytes();
    let boundaries = boundaries(&bytes);
    let ending = |len: usize| fake::parse(&bytes[..len]).ending().to_string();
    assert!(
        ending(boundaries[17] + 5).starts_with(&format!(
            "the journal ends in the middle of entry 17 (byte {}): it was cut off",
            boundaries[17] + 5
        )),
        "{}",
        ending(boundaries[17] + 5)
    );
    assert!(ending(boundaries[17]).starts_with("the journal is incomplete: nothing follows entry 16"));
    let error = Journal::parse(bytes[..boundaries[2] + 20].to_vec())
        .expect_err("no first event")
        .to_string();
    assert!(
        error.contains("in the middle of entry 2") && error.contains("nothing to replay"),
        "{error}"
    );
    assert!(
        Journal::parse(vec![])
            .expect_err("empty")
            .to_string()
            .starts_with("the journal is empty")
    );
}

#[test]
fn every_changed_bit_is_found_and_called_damage() {
    let mut bytes = golden::bytes();
    let boundaries = boundaries(&bytes);
    for index in 0..bytes.len() {
        for bit in 0..8 {
            bytes[index] ^= 1 << bit;
            let error = Journal::parse(bytes.clone()).expect_err("a bit was changed");
            bytes[index] ^= 1 << bit;
            match error {
                JournalError::NotAJournal => assert!(index < 8),
                JournalError::Version { .. } => assert!((8..12).contains(&index)),
                JournalError::Damaged { entry, byte } => {
                    let frame = entry as usize;
                    assert_eq!(byte, boundaries[frame] as u64);
                    assert!(
                        (boundaries[frame]..boundaries[frame + 1]).contains(&index),
                        "byte {index}: entry {entry}"
                    );
                }
                other => panic!("byte {index}, bit {bit}: {other}"),
            }
        }
    }
}

#[test]
fn lost_doubled_and_moved_entries_are_damage() {
    let bytes = golden::bytes();
    let boundaries = boundaries(&bytes);
    let frame = |number: usize| &bytes[boundaries[number]..boundaries[number + 1]];
    let start = &bytes[..boundaries[5]];
    for (what, journal) in [
        ("lost", [start, frame(6)].concat()),
        ("doubled", [start, frame(5), frame(5)].concat()),
        ("moved", [start, frame(6), frame(5)].concat()),
    ] {
        let error = Journal::parse(journal).expect_err(what);
        assert!(
            matches!(error, JournalError::Damaged { entry: 5 | 6, .. }),
            "{what}: {error}"
        );
    }
}

#[test]
fn other_files_are_not_journals() {
    for bytes in [
        &b"#!/usr/bin/env node\n"[..],
        b"\x89PNG\r\n\x1a\n",
        b"\x89holm\n\x1a\x01\0\0\0",
        b"{}",
    ] {
        assert_eq!(Journal::parse(bytes), Err(JournalError::NotAJournal));
    }
}

#[test]
fn a_later_format_is_refused_by_its_number() {
    let mut bytes = golden::bytes();
    bytes[8] = 2;
    let error = Journal::parse(bytes).expect_err("version 2").to_string();
    assert!(
        error.contains("format version 2") && error.contains("reads version 1"),
        "{error}"
    );
}

#[test]
fn lengths_and_counts_are_checked_before_they_are_believed() {
    let payloads = payloads(&golden::bytes());
    let huge = u32::MAX.to_le_bytes();
    // The count of limits, after ABI version, engine key, kind and time.
    let mut changed = payloads.clone();
    changed[0][45..49].copy_from_slice(&huge);
    assert!(refused(&changed).contains("entry 0 (byte 12) has a list that is longer than the entry"));
    // The count of modules, after the entry's path.
    let modules = 4 + "/bundle/app.mjs".len();
    let mut changed = payloads.clone();
    changed[1][modules..modules + 4].copy_from_slice(&huge);
    assert!(refused(&changed).contains("has a list that is longer than the entry"));
    // The length of the entry's path.
    let mut changed = payloads.clone();
    changed[1][..4].copy_from_slice(&huge);
    assert!(refused(&changed).contains("has a string that is longer than the entry"));
    let mut changed = payloads.clone();
    changed[3].push(0);
    assert!(
        refused(&changed).contains("entry 3 (byte")
            && refused(&changed).contains("goes on after its last field")
    );
    // An entry is not much larger in memory than the least that it takes in a file.
    assert!(size_of::<Entry>() <= 160, "{}", size_of::<Entry>());
}

#[test]
fn entries_are_in_the_order_of_the_page() {
    let all = payloads(&golden::bytes());
    let (head, first, log, end) = (&all[..2], &all[2], &all[4], all.last().expect("the end"));
    let journal = |rest: &[&Vec<u8>]| {
        let rest: Vec<Vec<u8>> = rest.iter().map(|payload| (*payload).clone()).collect();
        [head, &rest].concat()
    };
    let between = vec![4, 1, 4];
    let of_call = vec![4, 2, 4];
    let no_reply = vec![3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    let wake = [&[1; 17][..], &[5]].concat();
    for (rest, message) in [
        (journal(&[log]), "entry 2 (byte"),
        (
            journal(&[&wake]),
            "is not an event with which an invocation of the header's kind begins",
        ),
        (journal(&[first, first]), "in the middle of one"),
        (journal(&[first, end, log]), "comes after the end"),
        (journal(&[first, end, end]), "comes after the end"),
        (journal(&[first, &between, log]), "comes after a stop"),
        (journal(&[first, &of_call, end]), "there is no call before it"),
        (
            journal(&[first, &no_reply, log]),
            "is not the stop that stands for a missing reply",
        ),
        (
            journal(&[first, &no_reply, end]),
            "is not the stop that stands for a missing reply",
        ),
    ] {
        let error = refused(&rest);
        assert!(error.contains(message), "{error}, not {message}");
    }
    for rest in [
        journal(&[first, end]),
        journal(&[first, &between, end]),
        journal(&[first, log, &of_call, end]),
        journal(&[first, &no_reply, &of_call, end]),
        journal(&[first, &wake, end]),
    ] {
        assert_eq!(fake::parse(&assemble(&rest)).ending(), Ending::Complete);
    }
    let mut cut = assemble(&journal(&[first, end, log]));
    cut.pop();
    let error = Journal::parse(cut)
        .expect_err("something follows the end")
        .to_string();
    assert!(error.contains("comes after the end"), "{error}");
}

#[test]
fn another_engine_is_refused() {
    let journal = fake::parse(&golden::bytes());
    assert_eq!(journal.check_engine(&[0xE5; 32]), Ok(()));
    let error = journal
        .check_engine(&[0x11; 32])
        .expect_err("another engine")
        .to_string();
    assert!(
        error.contains("e5e5e5e5e5e5…") && error.contains("111111111111…"),
        "{error}"
    );
    let mut old = payloads(&golden::bytes());
    old[0][0] += 1;
    let error = fake::parse(&assemble(&old))
        .check_engine(&[0xE5; 32])
        .expect_err("another ABI")
        .to_string();
    assert!(error.contains("of the guest's interface"), "{error}");
}

#[test]
fn a_limit_that_did_not_exist_yet_bounds_nothing() {
    let mut all = payloads(&golden::bytes());
    all[0].truncate(45);
    all[0].extend(1_u32.to_le_bytes());
    all[0].extend(6_u32.to_le_bytes());
    all[0].extend(b"cpu_ms");
    all[0].extend(5_u64.to_le_bytes());
    let limits = fake::parse(&assemble(&all)).header().limits;
    assert_eq!(limits.cpu_ms, 5);
    assert_eq!(limits.wall_ms, holm_core::Limit::Wall.ceiling());

    let len = all[0].len();
    all[0][len - 10] = b'x';
    assert!(refused(&all).contains("names a limit that this holm does not know"));
}

#[test]
fn where_folders_are_on_the_host_stays_out_of_the_journal() {
    let story = Story {
        turns: vec![vec![Act::Burn(1)]],
        events: vec![],
        ..golden::everything()
    };
    let program = Program {
        preopens: vec![holm_core::Preopen {
            host: Some("/home/somebody/secret-project".into()),
            guest: "/data".into(),
            read_only: true,
        }],
        ..Program::default()
    };
    let (bytes, ..) = fake::record(&story, fake::header(&story, program));
    assert!(!bytes.windows(8).any(|window| window == b"somebody"));
    let journal = fake::parse(&bytes);
    assert_eq!(journal.header().program.preopens[0].guest, "/data");
    assert_eq!(journal.header().program.preopens[0].host, None);
}
