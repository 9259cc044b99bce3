use super::*;
use crate::audit::merkle::{Frontier, leaf_hash};
use proptest::prelude::*;

fn leaves(count: u32) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn hashes(level: u8) -> TileKind {
    TileKind::Hashes { level }
}

#[test]
fn a1_a_tile_has_the_path_that_tlog_tiles_gives_it() {
    for (kind, index, width, text) in [
        (hashes(0), 0, 256, "tile/0/000"),
        (hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
        (hashes(0), 273, 112, "tile/0/273.p/112"),
        (hashes(1), 999, 1, "tile/1/999.p/1"),
        (hashes(63), 1000, 255, "tile/63/x001/000.p/255"),
        (TileKind::Entries, 1_234_067, 8, "tile/entries/x001/x234/067.p/8"),
        (hashes(0), u64::MAX, 256, "tile/0/x018/x446/x744/x073/x709/x551/615"),
    ] {
        let path = TilePath::new(kind, index, width).unwrap();
        assert_eq!(path.to_string(), text);
        assert_eq!(TilePath::parse(text), Ok(path));
    }
}

#[test]
fn a1_a_tile_path_has_one_spelling() {
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/+00",
        "tile/0/x000/001",
        "tile/0/001/067",
        "tile/0/x001067",
        "tile/0/x001/x067",
        "tile/0/x01/0067",
        "tile/0/X001/067",
        "tile/0/00１",
        "tile/00/000",
        "tile/+0/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/256/000",
        "tile/Entries/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/256",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/1/",
        "tile/0/../000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(TilePath::parse(bad), Err(BadTilePath), "{bad}");
    }
}

#[test]
fn a1_a_tree_of_70000_has_the_tiles_that_tlog_tiles_counts() {
    let width = |level, index| TilePath::in_tree(hashes(level), index, 70_000).map(|tile| tile.width());
    assert_eq!((width(0, 272), width(0, 273), width(0, 274)), (Some(256), Some(112), None));
    assert_eq!((width(1, 0), width(1, 1), width(1, 2)), (Some(256), Some(17), None));
    assert_eq!((width(2, 0), width(2, 1), width(3, 0), width(63, 0)), (Some(1), None, None, None));
    assert_eq!(width(0, u64::MAX), None);
    assert_eq!(TilePath::in_tree(hashes(0), 0, 0), None);
    assert_eq!(TilePath::in_tree(TileKind::Entries, 273, 70_000), TilePath::new(TileKind::Entries, 273, 112).ok());
    assert!(TilePath::new(hashes(0), 273, 112).unwrap().is_within(70_000));
    assert!(TilePath::new(hashes(0), 273, 5).unwrap().is_within(70_000), "an earlier width of the same tile");
    assert!(!TilePath::new(hashes(0), 273, 113).unwrap().is_within(70_000));
}

#[test]
fn a1_a_full_tiles_root_is_a_hash_of_the_tile_above() {
    let leaves = leaves(70_000);
    let mut noted = BTreeMap::new();
    let mut frontier = Frontier::empty();
    for leaf in &leaves {
        frontier.push_noting(*leaf, |level, index, hash| _ = noted.insert((level, index), hash));
    }
    let tile: &[Hash; 256] = leaves[256..512].try_into().unwrap();
    assert_eq!(noted.node(8, 1), Some(tile_root(tile)));

    let mut tiles = Tiles::default();
    for level in 0..=2 {
        for index in 0..=273 {
            let Some(path) = TilePath::in_tree(hashes(level), index, 70_000) else { continue };
            let start = index * 256;
            let row = start..start + u64::from(path.width());
            tiles.insert(level, index, row.map(|n| noted.node(8 * level, n).unwrap()).collect());
        }
    }
    assert!(noted.iter().all(|(&(level, index), &hash)| tiles.node(level, index) == Some(hash)));
    assert_eq!(Frontier::load(70_000, &tiles), Some(frontier));
    assert_eq!((tiles.node(0, 70_000), tiles.node(17, 0), tiles.node(200, u64::MAX)), (None, None, None));
}

#[test]
fn a_wider_copy_of_a_tile_is_kept_whichever_comes_first() {
    let leaves = leaves(3);
    for widths in [[2, 3], [3, 2]] {
        let mut tiles = Tiles::default();
        widths.into_iter().for_each(|width| tiles.insert(0, 0, leaves[..width].to_vec()));
        assert_eq!(tiles.node(0, 2), Some(leaves[2]));
    }
}

#[test]
fn a1_an_entry_carries_its_length_in_two_bytes() {
    assert_eq!(encode_entries([&b"ab"[..], b"", b"c"]).unwrap(), b"\x00\x02ab\x00\x00\x00\x01c");
    let longest = vec![7; 65_535];
    let bundle = encode_entries([longest.as_slice()]).unwrap();
    assert_eq!(bundle[..2], [0xff, 0xff]);
    assert_eq!(decode_entries(&bundle, 1).unwrap(), [longest.as_slice()]);
    assert_eq!(encode_entries([[7; 65_536].as_slice()]), Err(BadTile::EntryTooLong));
    assert_eq!(encode_entries([]), Err(BadTile::WrongWidth));
    assert_eq!(encode_entries(vec![&b"x"[..]; 257]), Err(BadTile::WrongWidth));
}

#[test]
fn a_bundle_or_tile_of_another_width_is_refused() {
    let bundle = encode_entries([&b"ab"[..], b"c"]).unwrap();
    assert_eq!(decode_entries(&bundle, 1), Err(BadTile::WrongWidth));
    assert_eq!(decode_entries(&bundle, 3), Err(BadTile::WrongWidth));
    assert_eq!(decode_entries(&[bundle.as_slice(), b"\0"].concat(), 2), Err(BadTile::Truncated));
    assert_eq!(decode_entries(&bundle[..bundle.len() - 1], 2), Err(BadTile::Truncated));

    let tile = encode_hashes(&leaves(3));
    assert_eq!(decode_hashes(&tile, 3), Ok(leaves(3)));
    assert_eq!(decode_hashes(&tile, 2), Err(BadTile::WrongWidth));
    assert_eq!(decode_hashes(&tile[..95], 3), Err(BadTile::Truncated));
}

proptest! {
    #[test]
    fn a1_every_tile_path_parses_back(level in 0..64_u8, index: u64, width in 1..=256_u16, entries: bool) {
        let kind = if entries { TileKind::Entries } else { hashes(level) };
        let path = TilePath::new(kind, index, width).unwrap();
        prop_assert_eq!(TilePath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn a_text_that_parses_as_a_tile_path_is_its_spelling(text in "tile/(entries|[0-9]{1,2})/(x?[0-9]{3}/){0,3}[0-9]{2,4}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = TilePath::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn a1_every_bundle_decodes_to_its_entries_and_no_prefix_of_it_does(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..20),
    ) {
        let bundle = encode_entries(entries.iter().map(Vec::as_slice)).unwrap();
        let width = entries.len() as u16;
        prop_assert_eq!(decode_entries(&bundle, width).unwrap(), entries);
        for end in 0..bundle.len() {
            prop_assert!(decode_entries(&bundle[..end], width).is_err());
        }
    }
}
