//! The table of refusals. Every refusal of a server is one row: what is refused, with which status
//! and code, and which rule of the vendor says so. A test can therefore enumerate the rows and
//! drive each of them, and the log names the row that a request ran into.

/// One row of a server's refusal table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The row's name, stable for tests.
    pub id: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The vendor's error code.
    pub code: &'static str,
    /// The rule in our own words.
    pub rule: &'static str,
    /// Where the vendor says so; "from memory" where no page was at hand.
    pub source: &'static str,
}

/// Declares an enum of refusals with its table: `Variant "id" => status "code", "rule", "source";`.
macro_rules! refusals {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $variant:ident $id:literal => $status:literal $code:literal, $rule:literal, $source:literal; )+
        }
    ) => {
        $(#[$meta])*
        #[allow(clippy::doc_markdown, reason = "a rule is shown as the table has it")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( #[doc = $rule] $variant, )+
        }

        impl $name {
            /// Every refusal, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The row of the table.
            pub const fn row(self) -> &'static $crate::loopback::Row {
                match self {
                    $( Self::$variant => &$crate::loopback::Row {
                        id: $id, status: $status, code: $code, rule: $rule, source: $source,
                    }, )+
                }
            }
        }
    };
}
pub(crate) use refusals;
