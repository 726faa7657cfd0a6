//! Why a piece of output exists.

use std::sync::Arc;

use crate::address::Address;
use crate::source::Span;

/// What a piece of output does, so that a diff can judge risk without knowing clouds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It grants or bears access: adding widens, removing narrows.
    GrantsAccess,
    /// It takes access away or keeps something safe: removing widens.
    Guards,
    /// It holds data: destroying or replacing it loses data.
    HoldsData,
    /// Anything else.
    Plain,
}

impl Effect {
    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GrantsAccess => "grants-access",
            Self::Guards => "guards",
            Self::HoldsData => "holds-data",
            Self::Plain => "plain",
        }
    }
}

/// Why a block, document or statement exists. There is no default: forgetting it does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The thing in the mesh that it belongs to.
    pub address: Address,
    /// The line of the blueprint that asked for it.
    pub span: Span,
    /// The kind, rule or stage that made it, for example `dataset` or `agreement`.
    pub maker: &'static str,
    /// One phrase for people, for example `read for sales-analysts until 2027-06-30`.
    pub why: String,
    /// What it does.
    pub effect: Effect,
}

/// Shared by everything that one primitive turned into.
pub type OriginRef = Arc<Origin>;

impl Origin {
    /// The same origin with another effect, as when one grant also needs a plain helper resource.
    pub fn with_effect(self: &Arc<Self>, effect: Effect) -> OriginRef {
        if self.effect == effect {
            return self.clone();
        }
        Arc::new(Self {
            effect,
            ..Self::clone(self)
        })
    }
}
