//! Reads and rewrites a compiled WASM module, as far as making it lighter and weighing it need that: the names of its functions, their
//! bodies, the names it shares with JavaScript, its data. Only what rustc and wasm-bindgen write; anything else is an error. What is
//! changed, and why, is [`crate::lighten`]'s. (The WebAssembly Core Specification, chapter 5, Binary Format.)

use crate::problem::{Outcome, Problem};
use std::collections::{BTreeMap, BTreeSet};

const CUSTOM: u8 = 0;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const SIGNATURES: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const DATA: u8 = 11;

/// A module: its sections in the order of the file.
pub struct Module {
    sections: Vec<Section>,
}

struct Section {
    kind: u8,
    content: Vec<u8>,
}

/// A function that is defined in the module.
pub struct Function {
    /// Its name, without compiler's hashes. Empty if the module does not say.
    pub name: String,
    /// What it takes and gives, as the module encodes it.
    pub signature: Vec<u8>,
    /// Its locals and instructions.
    pub body: Vec<u8>,
}

/// What lies in memory when the module starts.
pub struct Segment {
    /// The address of its first byte.
    pub address: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Module {
    /// Takes a file apart.
    pub fn parse(file: &[u8]) -> Outcome<Self> {
        let sections = file.strip_prefix(b"\0asm\x01\0\0\0").and_then(sections).ok_or_else(|| strange("the file"))?;
        Ok(Self { sections })
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = b"\0asm\x01\0\0\0".to_vec();
        for section in &self.sections {
            file.push(section.kind);
            put_vector(&mut file, &section.content);
        }
        file
    }

    /// All functions, in the order of the file.
    pub fn functions(&self) -> Outcome<Vec<Function>> {
        self.read_functions().ok_or_else(|| strange("the functions"))
    }

    /// Puts functions' bodies in place of those that are there.
    pub fn set_bodies(&mut self, functions: &[Function]) {
        let mut content = number(functions.len());
        for function in functions {
            put_vector(&mut content, &function.body);
        }
        self.set(CODE, &content);
    }

    /// What is in memory at the start.
    pub fn data(&self) -> Outcome<Vec<Segment>> {
        read_data(&mut Reader(self.content(DATA))).ok_or_else(|| strange("the data"))
    }

    /// Puts data in place of that which is there.
    pub fn set_data(&mut self, segments: &[Segment]) {
        let mut content = number(segments.len());
        for segment in segments {
            content.extend([ACTIVE, I32_CONST]);
            content.extend(signed_number(segment.address));
            content.push(END);
            put_vector(&mut content, &segment.bytes);
        }
        self.set(DATA, &content);
    }

    /// Renames what JavaScript and the module give each other.
    pub fn rename_shared(&mut self, mut renamed: impl FnMut(&str) -> String) -> Outcome {
        let imports = rename(self.content(IMPORTS), true, &mut renamed).ok_or_else(|| strange("the imports"))?;
        let exports = rename(self.content(EXPORTS), false, &mut renamed).ok_or_else(|| strange("the exports"))?;
        self.set(IMPORTS, &imports);
        self.set(EXPORTS, &exports);
        Ok(())
    }

    /// The names of what JavaScript gives the module.
    pub fn imported(&self) -> Outcome<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let mut keep = |name: &str| {
            names.insert(name.to_owned());
            name.to_owned()
        };
        rename(self.content(IMPORTS), true, &mut keep).ok_or_else(|| strange("the imports"))?;
        Ok(names)
    }

    fn content(&self, kind: u8) -> &[u8] {
        self.sections.iter().find(|section| section.kind == kind).map_or(&[], |section| &section.content)
    }

    fn set(&mut self, kind: u8, content: &[u8]) {
        for section in self.sections.iter_mut().filter(|section| section.kind == kind) {
            section.content = content.to_vec();
        }
    }

    fn read_functions(&self) -> Option<Vec<Function>> {
        // Imported functions are numbered before those that are defined.
        let imported = Reader(self.content(IMPORTS)).number()?;
        let mut names = self.names()?;
        let types = read_types(&mut Reader(self.content(TYPES)))?;
        let (mut signatures, mut bodies) = (Reader(self.content(SIGNATURES)), Reader(self.content(CODE)));
        let (count, same) = (signatures.number()?, bodies.number()?);
        let functions = (imported..imported + count).map(|index| {
            let signature = types.get(signatures.number()?)?.clone();
            let name = names.remove(&index).unwrap_or_default();
            Some(Function { name, signature, body: bodies.vector()?.to_vec() })
        });
        functions.collect::<Option<Vec<_>>>().filter(|_| count == same)
    }

    /// The functions' names by number.
    fn names(&self) -> Option<BTreeMap<usize, String>> {
        const FUNCTIONS: u8 = 1;
        let mut names = BTreeMap::new();
        for section in self.sections.iter().filter(|section| section.kind == CUSTOM) {
            let mut reader = Reader(&section.content);
            if reader.vector()? != b"name" {
                continue;
            }
            while let Some(kind) = reader.byte() {
                let mut list = Reader(reader.vector()?);
                if kind == FUNCTIONS {
                    for _ in 0..list.number()? {
                        names.insert(list.number()?, without_hashes(list.text()?));
                    }
                }
            }
        }
        Some(names)
    }
}

fn strange(what: &str) -> Problem {
    Problem::new(format!("{what} of the WASM module is not as rustc and wasm-bindgen used to write it: see tests/src/wasm.rs"))
}

fn sections(file: &[u8]) -> Option<Vec<Section>> {
    let mut reader = Reader(file);
    let mut sections = Vec::new();
    while let Some(kind) = reader.byte() {
        sections.push(Section { kind, content: reader.vector()?.to_vec() });
    }
    Some(sections)
}

fn read_types(reader: &mut Reader) -> Option<Vec<Vec<u8>>> {
    const FUNCTION: u8 = 0x60;
    let count = reader.number()?;
    let types = (0..count).map(|_| {
        if reader.byte()? != FUNCTION {
            return None;
        }
        let (takes, gives) = (reader.vector()?, reader.vector()?);
        Some([takes, b">", gives].concat())
    });
    types.collect()
}

const ACTIVE: u8 = 0;
const I32_CONST: u8 = 0x41;
const END: u8 = 0x0b;

fn read_data(reader: &mut Reader) -> Option<Vec<Segment>> {
    let count = reader.number()?;
    let segments = (0..count).map(|_| {
        let is_plain = reader.byte()? == ACTIVE && reader.byte()? == I32_CONST;
        let address = u32::try_from(reader.number()?).ok()?;
        let is_plain = is_plain && reader.byte()? == END;
        let bytes = reader.vector()?.to_vec();
        is_plain.then_some(Segment { address, bytes })
    });
    segments.collect()
}

/// The imports or exports under other names.
fn rename(content: &[u8], imports: bool, renamed: &mut impl FnMut(&str) -> String) -> Option<Vec<u8>> {
    const FUNCTION: u8 = 0;
    let mut reader = Reader(content);
    let count = reader.number()?;
    let mut made = number(count);
    for _ in 0..count {
        if imports {
            put_vector(&mut made, reader.vector()?);
        }
        put_vector(&mut made, renamed(reader.text()?).as_bytes());
        let kind = reader.byte()?;
        if imports && kind != FUNCTION {
            return None;
        }
        made.push(kind);
        made.extend(number(reader.number()?));
    }
    Some(made)
}

/// `core[c5930c85a12de822]::fmt::write`, `core::fmt::write::h509a…` → `core::fmt::write`.
fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = match name.rsplit_once("::h") {
        Some((name, hash)) if is_hash(hash) => name,
        Some(_) | None => name,
    };
    let mut pieces = name.split('[');
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(']') {
            Some((hash, rest)) if is_hash(hash) => bare.push_str(rest),
            Some(_) | None => bare.extend(["[", piece]),
        }
    }
    bare
}

/// What is still to be read. `None` is the end, or nothing that belongs there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number of seven bits to the byte, the lowest first (LEB128). Positive ones that are written with a sign read the same.
    fn number(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn vector(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (vector, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(vector)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.vector()?).ok()
    }
}

fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// The same with a sign, which is the last byte's second bit: clear for these.
fn signed_number(value: u32) -> Vec<u8> {
    let mut bytes = number(value as usize);
    if let Some(last) = bytes.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        bytes.push(0);
    }
    bytes
}

fn put_vector(to: &mut Vec<u8>, vector: &[u8]) {
    to.extend(number(vector.len()));
    to.extend(vector);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_the_compiler_adds() {
        assert_eq!(without_hashes("core[c5930c85a12de822]::fmt::write"), "core::fmt::write");
        assert_eq!(without_hashes("<a[c5930c85a12de822]::B as c::D<[u8]>>::e::h02f08436d2919e8d"), "<a::B as c::D<[u8]>>::e");
        assert_eq!(without_hashes("main"), "main");
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 1, 63, 64, 127, 128, 8_191, 8_192, 1_048_576, 0x7fff_ffff] {
            assert_eq!(Reader(&number(value)).number(), Some(value));
            assert_eq!(Reader(&signed_number(u32::try_from(value).unwrap())).number(), Some(value));
        }
        assert_eq!((number(64), signed_number(64)), (vec![0x40], vec![0xc0, 0]));
        assert_eq!(Reader(&[0x80]).number(), None);
    }

    /// `(module (import "m" "long" (func)) (func $f (result i32) i32.const 7) (export "f" (func 1)) (data (i32.const 64) "abc"))`.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x08\x02\x60\0\0\x60\0\x01\x7f\x02\x0a\x01\x01m\x04long\0\0\x03\x02\x01\x01\
        \x07\x05\x01\x01f\0\x01\x0a\x06\x01\x04\0\x41\x07\x0b\x0b\x0a\x01\0\x41\xc0\0\x0b\x03abc\0\x0c\x04name\x01\x05\x01\x01\x02ff";

    #[test]
    fn a_module_is_read_and_written() {
        let mut module = Module::parse(MODULE).unwrap();
        assert_eq!(module.bytes(), MODULE);
        let functions = module.functions().unwrap();
        assert_eq!((functions.len(), functions[0].name.as_str(), functions[0].signature.as_slice()), (1, "ff", b">\x7f".as_slice()));
        let data = module.data().unwrap();
        assert_eq!((data[0].address, data[0].bytes.as_slice()), (64, b"abc".as_slice()));
        module.set_bodies(&functions);
        module.set_data(&data);
        module.rename_shared(str::to_owned).unwrap();
        assert_eq!(module.bytes(), MODULE);
        module.rename_shared(|name| name.chars().take(1).collect()).unwrap();
        assert!(module.bytes().windows(4).any(|bytes| bytes == b"\x01m\x01l"));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(Module::parse(b"<!doctype html>").is_err());
        assert!(Module::parse(b"\0asm\x01\0\0\0\x01\x50").is_err());
    }
}
