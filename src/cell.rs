//! The grid that a mesh is laid out on: environment × domain × cloud.

use std::fmt;
use std::sync::Arc;

use crate::ident::Name;

/// A platform that artifacts are made for. One line here, one folder in `targets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetId {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
    /// Snowflake.
    Snowflake,
}

impl TargetId {
    /// Every target, in the order in which they are listed to people.
    pub const ALL: &[Self] = &[Self::Aws, Self::Azure, Self::Gcp, Self::Snowflake];

    /// The names of all, in that order.
    pub const NAMES: [&str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut place = 0;
        while place < names.len() {
            names[place] = Self::ALL[place].as_str();
            place += 1;
        }
        names
    };

    /// Its name in blueprints, paths and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Snowflake => "snowflake",
        }
    }

    /// The target of that name, if there is one.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.as_str() == text)
    }
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A domain's name: one [`Name`], or two with a dot for a sub-domain (`support.call-records`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Arc<str>);

impl DomainName {
    /// Checks a text; the error says in plain words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > 2 {
            return Err("a sub-domain has one parent: at most one dot".to_owned());
        }
        for part in parts {
            Name::parse(part)?;
        }
        Ok(Self(text.into()))
    }

    /// The text itself, dot included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parent of a sub-domain.
    pub fn parent(&self) -> Option<Self> {
        self.0
            .split_once('.')
            .map(|(parent, _)| Self(parent.into()))
    }

    /// Its one or two parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }
}

impl std::borrow::Borrow<str> for DomainName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// One cell of the grid: what is deployed together, with one account, subscription or project.
///
/// `domain` is `None` for what stands above domains in one environment of a cloud (`_mesh`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId {
    /// The environment.
    pub env: Name,
    /// The domain, or `None` for `_mesh`.
    pub domain: Option<DomainName>,
    /// The cloud.
    pub target: TargetId,
}

impl CellId {
    /// The cell that a path of the output tree belongs to, be it the cell's folder or anything below.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let env = Name::parse(parts.next()?).ok()?;
        let domain = match parts.next()? {
            "_mesh" => None,
            name => Some(DomainName::parse(name).ok()?),
        };
        let target = TargetId::parse(parts.next()?)?;
        Some(Self {
            env,
            domain,
            target,
        })
    }
}

impl fmt::Display for CellId {
    /// The folder of the cell in the output tree, for example `prod/sales/aws`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.domain.as_ref().map_or("_mesh", DomainName::as_str);
        write!(f, "{}/{domain}/{}", self.env, self.target)
    }
}
