//! Closed vocabularies: an enum whose every value has exactly one word in the contract.

/// A word that is not in the vocabulary it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is not a {vocabulary}")]
pub struct UnknownWord {
    /// The enum that was asked for, in words.
    pub vocabulary: &'static str,
    /// The word as it was sent.
    pub word: String,
}

/// Declares an enum together with its words: `as_str`, `ALL`, `Display` and `FromStr`.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        $name:ident, $label:literal {
            $( $(#[$item_meta:meta])* $item:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$item_meta])* #[doc = concat!("`", $word, "`")] $item, )+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$item, )+];

            /// The word of the contract.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$item => $word, )+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $( $word => Ok(Self::$item), )+
                    _ => Err($crate::domain::words::UnknownWord { vocabulary: $label, word: word.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use vocabulary;
