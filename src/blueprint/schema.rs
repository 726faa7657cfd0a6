//! Which keys a blueprint has: one table per object, read by the decoder, by `meshc schema`, by
//! completion and by the documentation, so that the four never disagree.

/// An object: its keys, in the order in which people write them.
#[derive(Debug)]
pub struct Table {
    /// Name of the definition in the JSON Schema, and in "unknown field" messages.
    pub name: &'static str,
    /// One or two sentences.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
}

impl Table {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One key of an object.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Whether leaving it out is an error.
    pub required: bool,
    /// One or two sentences, shown in editors.
    pub doc: &'static str,
}

impl Field {
    /// A key that may be left out.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name,
            shape,
            required: false,
            doc,
        }
    }

    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name,
            shape,
            required: true,
            doc,
        }
    }
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One line or several, of at most this many characters, for people.
    Text(usize),
    /// A leaf with a grammar of its own.
    Leaf(&'static Leaf),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number within these bounds.
    Integer(i64, i64),
    /// A list of one or more.
    List(&'static Shape),
    /// A map from names (that this leaf describes) to values.
    Map(&'static Leaf, &'static Shape),
    /// An object with the keys of a table.
    Object(&'static Table),
    /// Either a scalar of this leaf or an object: the short and the long way to write the same.
    ShortOrLong(&'static Leaf, &'static Table),
    /// The options of a product's kind: the kind's own table decides.
    KindOptions,
}

impl Shape {
    /// A value of this shape that the decoder takes, where one line holds it.
    pub fn example(&self) -> Option<&'static str> {
        match self {
            // Any name would look like advice about which one.
            Self::Leaf(leaf) if leaf.name == "a name" => None,
            Self::Leaf(leaf) | Self::ShortOrLong(leaf, _) => Some(leaf.example),
            Self::Choice(choices) => choices.first().copied(),
            Self::Boolean => Some("true"),
            Self::List(Self::Leaf(_) | Self::Choice(_)) => Some("[…]"),
            Self::List(_) => Some("[{…}]"),
            Self::Map(..) | Self::Object(_) => Some("{…}"),
            Self::Text(_) | Self::Integer(..) | Self::KindOptions => None,
        }
    }
}

/// A scalar with a grammar: how it is described to people, to editors and to the decoder.
#[derive(Debug)]
pub struct Leaf {
    /// What it is, with an article: `a duration`.
    pub name: &'static str,
    /// An example that the grammar accepts.
    pub example: &'static str,
    /// A regular expression for editors; may accept a little more than [`Leaf::check`].
    pub pattern: &'static str,
    /// The grammar; the error says in plain words what is wrong.
    pub check: fn(&str) -> Result<(), String>,
}

/// Every table that can be reached from a root table, the root first; each once.
pub fn reachable(root: &'static Table) -> Vec<&'static Table> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(table) = found.get(next).copied() {
        for field in table.fields {
            collect(&field.shape, &mut found);
        }
        next += 1;
    }
    found
}

fn collect(shape: &Shape, found: &mut Vec<&'static Table>) {
    match shape {
        Shape::List(inner) | Shape::Map(_, inner) => collect(inner, found),
        Shape::Object(table) | Shape::ShortOrLong(_, table) => {
            if !found.iter().any(|known| std::ptr::eq(*known, *table)) {
                found.push(table);
            }
        }
        Shape::Text(_)
        | Shape::Leaf(_)
        | Shape::Choice(_)
        | Shape::Boolean
        | Shape::Integer(..)
        | Shape::KindOptions => {}
    }
}
