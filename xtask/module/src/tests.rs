use proptest::prelude::*;
use wasmparser::{Parser, Payload, Validator};

use super::*;

/// Bytes of the code section.
fn code_bytes(module: &[u8]) -> usize {
    let payloads = Parser::new(0).parse_all(module);
    let code = payloads.filter_map(|payload| match payload.unwrap() {
        Payload::CodeSectionStart { size, .. } => Some(size as usize),
        _ => None,
    });
    code.sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_module_is_valid_and_as_large_as_asked(bytes in 1usize..200_000, seed: u64) {
        let module = generate(bytes, seed);
        prop_assert_eq!(Validator::new().validate_all(&module).err().map(|it| it.to_string()), None);
        let code = code_bytes(&module);
        prop_assert!((bytes..bytes + 1000 + bytes / 100).contains(&code), "{} for {}", code, bytes);
        prop_assert!(module.len() < code + 400 + bytes / 20, "{} for {}", module.len(), bytes);
    }
}

/// On every machine and with every version of what draws and encodes: figures are of one module.
#[test]
fn a_seed_makes_one_module() {
    let hash = |seed| blake3::hash(&generate(20_000, seed)).to_hex()[..16].to_owned();
    assert_eq!([hash(1), hash(2)], ["bd263f873c0b9dc8", "8bfb55176ea5a516"]);
}
