//! What a panic runs through and what it would say: the widget aborts when it panics, so all of this only makes a message for the console,
//! which a customer does not read. The trap comes at once instead, and the message is not sent.

use crate::problem::{Outcome, Problem};
use crate::wasm::{Function, Module, Segment};

/// What only ends in a panic. By how their names begin.
const PANICS: [&str; 15] = [
    "core::panicking::",
    "core::cell::panic_already_borrowed",
    "core::cell::panic_already_mutably_borrowed",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "std::panicking::panic_with_hook",
    "std::thread::local::panic_access_error",
    "console_error_panic_hook::hook",
    "wasm_bindgen::__rt::borrow_fail",
    // Throws, to end the same.
    "wasm_bindgen::throw_str",
];

/// `{:?}` of what only a panic's message prints: prints nothing. Not all of `Debug`, for the compiler makes one function of two that do the
/// same, and the other may be a `Display`.
const DEBUGS: [&str; 3] = [
    "<char as core::fmt::Debug>::fmt",
    "<core::ops::range::Range<usize> as core::fmt::Debug>::fmt",
    "<wasm_bindgen::JsValue as core::fmt::Debug>::fmt",
];

/// What panics would say, a piece to the line. (Where a piece begins with a strange sign, that is its length, as the compiler writes it.)
/// One that no crate says any more does no harm.
const TEXTS: &str = include_str!("texts.txt");

/// One of the tables in Rust's `core::unicode` by which `{:?}` knows what to escape. The zeros that it may begin with are left out.
struct Table {
    start: &'static [u8],
    length: usize,
    end: &'static [u8],
}

const TABLES: [Table; 8] = [
    Table { start: &[0x06, 0x01, 0x01, 0x03, 0x01, 0x04, 0x02, 0x05], length: 91, end: &[0xfa, 0x05, 0xfb, 0x01] },
    Table { start: &[0x0c, 0x27, 0x3b, 0x3e, 0x4e, 0x4f, 0x8f, 0x9e], length: 212, end: &[0xc7, 0xdd, 0xde, 0x93] },
    Table { start: &[0x5e, 0x22, 0x7b, 0x05, 0x03, 0x04, 0x2d, 0x03], length: 504, end: &[0x80, 0xfb, 0x84, 0x05] },
    Table { start: &[0x01, 0x03, 0x05, 0x05, 0x06, 0x06, 0x02, 0x07], length: 75, end: &[0xfe, 0x03, 0xff, 0x09] },
    Table { start: &[0xad, 0x78, 0x79, 0x8b, 0x8d, 0xa2, 0x30, 0x57], length: 284, end: &[0xd9, 0xe7, 0xfe, 0xff] },
    Table { start: &[0x20, 0x5f, 0x22, 0x82, 0xdf, 0x04, 0x82, 0x44], length: 291, end: &[0x1b, 0x03, 0x0f, 0x0d] },
    Table { start: &[0x03, 0x00, 0x00, 0x83, 0x04, 0x20, 0x00, 0x91], length: 131, end: &[0xf0, 0x01, 0x7f, 0x5f] },
    Table { start: &[0x70, 0x00, 0x07, 0x00, 0x2d, 0x01, 0x01, 0x01], length: 766, end: &[0x60, 0x80, 0xf0, 0x00] },
];

/// Functions without which nothing reads the tables: those that do, and the two by which anybody comes to them.
const READERS: [&str; 5] =
    ["escape_debug_ext", "grapheme_extend", "is_printable", "<str as core::fmt::Debug>::fmt", "<char as core::fmt::Debug>::fmt"];

/// See [`PANICS`] and [`DEBUGS`]. What they were given is then in nobody's way, and wasm-opt takes it out.
pub(super) fn trap(module: &mut Module) -> Outcome {
    /// No locals; `unreachable`.
    const TRAP: &[u8] = &[0, 0x00, 0x0b];
    /// No locals; `i32.const 0`, which is `Ok(())` of a formatter.
    const NOTHING: &[u8] = &[0, 0x41, 0, 0x0b];
    const FORMATS: &[u8] = b"\x7f\x7f>\x7f";
    let mut functions = module.functions()?;
    let mut known = [false; PANICS.len()];
    for Function { name, signature, body } in &mut functions {
        // What panics gives nothing back.
        if let Some(which) = PANICS.iter().position(|panic| name.starts_with(panic)).filter(|_| signature.ends_with(b">")) {
            TRAP.clone_into(body);
            known[which] = true;
        } else if signature == FORMATS && DEBUGS.iter().any(|debug| name.starts_with(debug)) {
            NOTHING.clone_into(body);
        }
    }
    // Fewer means that Rust has given them other names, or that the names were stripped.
    if known.iter().filter(|known| **known).count() < PANICS.len() / 2 {
        return Err(Problem::new("hardly a function that panics was found in the WASM: see PANICS in tests/src/lighten/panics.rs"));
    }
    module.set_bodies(&functions);
    Ok(())
}

/// Every place that could panic says where it stands: file, line and column. Nobody reads that any more.
pub(super) fn drop_locations(module: &mut Module) -> Outcome {
    let mut data = module.data()?;
    let found: Vec<Location> = locations(&data);
    if found.is_empty() {
        return Err(Problem::new("no places of panics were found in the WASM: see drop_locations in tests/src/lighten/panics.rs"));
    }
    for location in found {
        // Runs of zeros are not written to the file.
        clear(&mut data, location.address, LOCATION_BYTES);
        clear(&mut data, location.file.0, location.file.1);
    }
    module.set_data(&data);
    Ok(())
}

/// See [`TEXTS`] and [`TABLES`]. For a module that is optimized already: then what reads a table is there, or nothing does.
pub(super) fn drop_words(module: &mut Module) -> Outcome {
    let mut data = module.data()?;
    let found = TEXTS.lines().filter(|text| clear_all(&mut data, text.as_bytes(), text.len(), b"")).count();
    if found < TEXTS.lines().count() / 2 {
        return Err(Problem::new("hardly a text of panics was found in the WASM: see tests/src/lighten/texts.txt"));
    }
    let functions = module.functions()?;
    let is_reader = |function: &Function| READERS.iter().any(|reader| function.name.contains(reader) && !is_emptied(function));
    if !functions.iter().any(is_reader) {
        let found = TABLES.iter().filter(|table| clear_all(&mut data, table.start, table.length, table.end)).count();
        if found < TABLES.len() / 2 {
            return Err(Problem::new("Rust has other tables of characters now: see TABLES in tests/src/lighten/panics.rs"));
        }
    }
    module.set_data(&data);
    Ok(())
}

/// Whether it is one of [`DEBUGS`], which reads nothing any more.
fn is_emptied(function: &Function) -> bool {
    DEBUGS.iter().any(|debug| function.name.starts_with(debug)) && function.body.len() < 8
}

/// A `core::panic::Location` in memory.
struct Location {
    address: u32,
    /// Where the file's name stands, and its length.
    file: (u32, u32),
}

/// Four words: where the file's name is, its length, the line, the column.
const LOCATION_BYTES: u32 = 16;

fn locations(data: &[Segment]) -> Vec<Location> {
    let ends = data.iter().map(|segment| (segment.address, segment.address + u32::try_from(segment.bytes.len()).unwrap_or_default()));
    let words = ends.flat_map(|(start, end)| (start.next_multiple_of(4)..end).step_by(4));
    words.filter_map(|address| location(data, address)).collect()
}

fn location(data: &[Segment], address: u32) -> Option<Location> {
    let word = |at| bytes(data, address + at, 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let (file, length, line, column) = (word(0)?, word(4)?, word(8)?, word(12)?);
    if !(1..1_000).contains(&length) || !(1..100_000).contains(&line) || !(1..1_000).contains(&column) {
        return None;
    }
    // The name is followed by a zero that its length does not count.
    let is_name = bytes(data, file, length + 1)?.ends_with(b".rs\0");
    is_name.then_some(Location { address, file: (file, length) })
}

fn bytes(data: &[Segment], address: u32, length: u32) -> Option<&[u8]> {
    data.iter().find_map(|segment| {
        let start = usize::try_from(address.checked_sub(segment.address)?).ok()?;
        segment.bytes.get(start..start + usize::try_from(length).ok()?)
    })
}

fn clear(data: &mut [Segment], address: u32, length: u32) {
    for segment in data {
        for (at, byte) in (segment.address..).zip(&mut segment.bytes) {
            if (address..address + length).contains(&at) {
                *byte = 0;
            }
        }
    }
}

/// Clears so many bytes wherever they begin and end like this. Whether there are any.
fn clear_all(data: &mut [Segment], start: &[u8], length: usize, end: &[u8]) -> bool {
    let mut is_there = false;
    for Segment { bytes, .. } in data {
        let fits = |window: &[u8]| window.starts_with(start) && window.ends_with(end);
        let found: Vec<usize> = bytes.windows(length).enumerate().filter(|(_, window)| fits(window)).map(|(at, _)| at).collect();
        is_there |= !found.is_empty();
        for at in found {
            bytes[at..at + length].fill(0);
        }
    }
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assemble::files;
    use crate::workspace;
    use std::fs;

    /// At 100: a name with its zero, then a place in that file, then four numbers that look like one but lead nowhere.
    fn data() -> Vec<Segment> {
        let words = [100_u32, 6, 7, 9, 100, 5, 7, 9].into_iter().flat_map(u32::to_le_bytes);
        let bytes = b"lib.rs\0\0".iter().copied().chain(words).collect();
        vec![Segment { address: 100, bytes }]
    }

    #[test]
    fn a_place_of_a_panic_is_found_by_the_name_it_leads_to() {
        let mut data = data();
        let found: Vec<_> = locations(&data).into_iter().map(|location| (location.address, location.file)).collect();
        assert_eq!(found, [(108, (100, 6))]);
        clear(&mut data, 108, LOCATION_BYTES);
        assert_eq!((bytes(&data, 108, 16), bytes(&data, 124, 4)), (Some([0; 16].as_slice()), Some(100_u32.to_le_bytes().as_slice())));
        assert_eq!(bytes(&data, 96, 8), None);
    }

    #[test]
    fn what_is_not_said_is_cleared_wherever_it_stands() {
        let mut data = vec![Segment { address: 100, bytes: b"a word; a word, another wo".to_vec() }];
        assert!(clear_all(&mut data, b"a word", 6, b""));
        assert_eq!(data[0].bytes, b"\0\0\0\0\0\0; \0\0\0\0\0\0, another wo");
        assert!(!clear_all(&mut data, b"another", 9, b"or"));
        assert!(!clear_all(&mut data, b"wo", 100, b""));
        assert!(clear_all(&mut data, b"another", 9, b" w"));
        assert!(data[0].bytes.ends_with(b", \0\0\0\0\0\0\0\0\0o"));
    }

    #[test]
    fn no_text_is_one_that_somebody_could_read() {
        assert!(TEXTS.lines().all(|text| text.len() > 8), "{TEXTS}");
        for directory in ["frontend/src", "frontend/messages", "shared/src"] {
            for (name, _) in files(&workspace::root().join(directory)).unwrap() {
                let said = fs::read_to_string(workspace::root().join(directory).join(&name)).unwrap();
                assert_eq!(TEXTS.lines().find(|text| said.contains(text)), None, "{directory}/{name}");
            }
        }
    }
}
