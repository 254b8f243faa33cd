//! The Merkle tree of RFC 6962, section 2.1. A leaf here is a hash already: SHA-256 of 0x00 and the canonical bytes of a row.

use sha2::{Digest, Sha256};

type Hash = [u8; 32];

/// The root over `leaves` in their order. Of no leaf at all: the hash of nothing.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// What has to be known beside the leaf at `place` to reach the root, from the leaf upwards. None: there is no such leaf.
#[must_use]
pub fn path(leaves: &[Hash], place: usize) -> Option<Vec<Hash>> {
    if place >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut below, beside) =
        if place < middle { (path(left, place)?, root(right)) } else { (path(right, place - middle)?, root(left)) };
    below.push(beside);
    Some(below)
}

/// The root that `leaf` at `place` among `count` leaves has with this path. None: no path of a tree of that size looks so.
#[must_use]
pub fn climb(leaf: Hash, place: usize, count: usize, path: &[Hash]) -> Option<Hash> {
    match (count, path.split_last()) {
        (1, None) if place == 0 => Some(leaf),
        (2.., Some((beside, below))) if place < count => {
            let middle = split(count);
            if place < middle {
                Some(node(&climb(leaf, place, middle, below)?, beside))
            } else {
                Some(node(beside, &climb(leaf, place - middle, count - middle, below)?))
            }
        }
        _ => None,
    }
}

/// The largest power of two below `count`, which is two at least.
const fn split(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::super::to_hex;
    use super::*;

    fn leaf(data: &[u8]) -> Hash {
        Sha256::new().chain_update([0]).chain_update(data).finalize().into()
    }

    /// The eight inputs with which implementations of Certificate Transparency compare themselves.
    fn known() -> Vec<Hash> {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        inputs.into_iter().map(leaf).collect()
    }

    #[test]
    fn roots_are_those_of_the_reference_vectors() {
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (count, expected) in roots.into_iter().enumerate() {
            assert_eq!(to_hex(&root(&known()[..count])), expected, "{count} leaves");
        }
    }

    #[test]
    fn every_leaf_of_every_tree_is_proved_and_no_other_place_or_size_is() {
        for count in 1..40_usize {
            let leaves: Vec<Hash> = (0..count).map(|n| leaf(&n.to_be_bytes())).collect();
            let root = root(&leaves);
            for (place, one) in leaves.iter().enumerate() {
                let path = path(&leaves, place).unwrap();
                assert_eq!(climb(*one, place, count, &path), Some(root));
                for other in (0..count).filter(|other| *other != place) {
                    assert_ne!(climb(*one, other, count, &path), Some(root), "{place} of {count} taken for {other}");
                }
                for part in 0..path.len() {
                    let mut bent = path.clone();
                    bent[part][31] ^= 1;
                    assert_ne!(climb(*one, place, count, &bent), Some(root));
                }
                assert_eq!(climb(*one, place, count, &[&path[..], &[root]].concat()), None);
            }
            assert_eq!(path(&leaves, count), None);
        }
        assert_eq!(climb([0; 32], 0, 0, &[]), None);
    }
}
