//! A statement as a row of pieces: the one description that printing and verifying share.
//!
//! Keywords are literals of this program; identifiers and strings print themselves. Line breaks
//! are pieces too, so that the layout is decided here and nowhere else.

use jiff::civil::Date;

use super::ident::{AccountName, SqlIdent, SqlString, SqlType};
use super::statement::{
    ClearFor, ColumnDef, Grantee, JoinedTable, Object, Privilege, Securable, Slice, SqlValue,
    Statement, ViewColumn,
};

/// How days are written.
pub(super) const DAY_FORMAT: &str = "YYYY-MM-DD";

/// The argument of every masking policy.
pub(super) const ARGUMENT: &str = "VAL";

/// What a masked text shows: one character fits every length that a column may have.
pub(super) const MASKED: &str = "*";

/// One piece of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A keyword or a function's name.
    Word(&'static str),
    /// An identifier.
    Name(&'a SqlIdent),
    /// An identifier that is plain and stands without quotes.
    Bare(&'a str),
    /// A string constant.
    Text(&'a SqlString),
    /// A string constant of our own.
    OwnText(&'static str),
    /// A day, as a string constant.
    Day(Date),
    /// A whole number.
    Number(u64),
    /// `.` between the parts of a name.
    Dot,
    /// `(`, with a space before it.
    Open,
    /// `(` of a call or a type, which follows its name at once.
    Call,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `=`.
    Equals,
    /// `<`.
    Less,
    /// `-` before a number.
    Minus,
    /// `->`.
    Arrow,
    /// A new line, indented by so many steps.
    Line(u8),
}

use Piece::{
    Arrow, Bare, Call, Close, Comma, Day, Dot, Equals, Less, Line, Minus, Name, Number, Open,
    OwnText, Text, Word,
};

/// Collects pieces.
#[derive(Default)]
struct Row<'a>(Vec<Piece<'a>>);

impl<'a> Row<'a> {
    fn words(&mut self, words: &'static [&'static str]) -> &mut Self {
        self.0.extend(words.iter().map(|word| Word(word)));
        self
    }

    fn add(&mut self, piece: Piece<'a>) -> &mut Self {
        self.0.push(piece);
        self
    }

    fn path(&mut self, path: &'a [SqlIdent]) -> &mut Self {
        self.list(path, Dot, |row, part| {
            row.add(Name(part));
        })
    }

    fn list<T>(
        &mut self,
        items: &'a [T],
        between: Piece<'a>,
        each: impl Fn(&mut Self, &'a T),
    ) -> &mut Self {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.add(between);
            }
            each(self, item);
        }
        self
    }

    fn data_type(&mut self, data_type: SqlType) -> &mut Self {
        self.add(Word(data_type.word()));
        match data_type {
            SqlType::Varchar(Some(length)) => self.add(Call).add(Number(length.into())).add(Close),
            SqlType::Number(precision, scale) => self
                .add(Call)
                .add(Number(precision.into()))
                .add(Comma)
                .add(Number(scale.into()))
                .add(Close),
            _ => self,
        }
    }

    fn column(&mut self, column: &'a ColumnDef) -> &mut Self {
        self.add(Name(&column.name)).data_type(column.data_type);
        if column.not_null {
            self.words(&["NOT", "NULL"]);
        }
        self
    }

    fn setting(&mut self, key: &'static str, value: Piece<'a>) -> &mut Self {
        self.add(Word(key)).add(Equals).add(value)
    }

    fn object(&mut self, object: &'a Object) -> &mut Self {
        self.add(Word(object.word())).path(object.path())
    }

    fn securable(&mut self, securable: &'a Securable) -> &mut Self {
        match securable {
            Securable::Account => self.add(Word("ACCOUNT")),
            Securable::One(object) => self.object(object),
            Securable::AllTables(schema) => {
                self.words(&["ALL", "TABLES", "IN", "SCHEMA"]).path(schema)
            }
            Securable::FutureTables(schema) => self
                .words(&["FUTURE", "TABLES", "IN", "SCHEMA"])
                .path(schema),
        }
    }

    fn grantee(&mut self, grantee: &'a Grantee) -> &mut Self {
        match grantee {
            Grantee::Role(role) => self.add(Word("ROLE")).add(Name(role)),
            Grantee::DatabaseRole(role) => self.words(&["DATABASE", "ROLE"]).path(role),
            Grantee::Share(share) => self.add(Word("SHARE")).add(Name(share)),
        }
    }

    fn accounts(
        &mut self,
        share: &'a SqlIdent,
        words: &'static [&'static str],
        account: &'a AccountName,
    ) -> &mut Self {
        let [organization, account] = account.parts();
        self.words(&["ALTER", "SHARE"])
            .add(Name(share))
            .words(words);
        self.add(Equals)
            .add(Bare(organization))
            .add(Dot)
            .add(Bare(account))
    }

    fn privileges(&mut self, privileges: &'a [Privilege]) -> &mut Self {
        self.list(privileges, Comma, |row, privilege| {
            row.words(privilege.words());
        })
    }

    fn tags(&mut self, tags: &'a [(super::InSchema, SqlString)]) -> &mut Self {
        self.list(tags, Comma, |row, (tag, value)| {
            row.path(tag).add(Equals).add(Text(value));
        })
    }

    fn modify_column(&mut self, table: &'a [SqlIdent], column: &'a SqlIdent) -> &mut Self {
        self.words(&["ALTER", "TABLE"])
            .path(table)
            .words(&["MODIFY", "COLUMN"])
            .add(Name(column))
    }

    /// `SYSDATE` is the time in UTC, whatever the session's zone is
    /// (docs.snowflake.com/en/sql-reference/functions/sysdate).
    fn before(&mut self, day: Date) -> &mut Self {
        self.add(Word("SYSDATE")).add(Call).add(Close).add(Less);
        self.add(Word("TO_TIMESTAMP_NTZ"))
            .add(Call)
            .add(Day(day))
            .add(Close)
    }

    /// The rows that a view shows.
    fn slices(&mut self, slices: &'a [Slice]) -> &mut Self {
        if slices.is_empty() {
            return self;
        }
        self.add(Line(1)).add(Word("WHERE"));
        let [only] = slices else {
            return self.list(slices, Word("OR"), |row, slice| {
                row.add(Open).slice(slice).add(Close);
            });
        };
        self.slice(only)
    }

    fn slice(&mut self, slice: &'a Slice) -> &mut Self {
        self.list(&slice.only, Word("AND"), |row, (column, values)| {
            row.add(Name(column)).add(Word("IN")).add(Open);
            row.list(values, Comma, |row, value| {
                row.value(value);
            })
            .add(Close);
        });
        if let Some(day) = slice.before {
            if !slice.only.is_empty() {
                self.add(Word("AND"));
            }
            self.before(day);
        }
        self
    }

    /// The format is given, so that no setting of the account or the session changes what is meant
    /// (docs.snowflake.com/en/sql-reference/functions/to_date).
    fn value(&mut self, value: &'a SqlValue) -> &mut Self {
        match value {
            SqlValue::Text(text) => self.add(Text(text)),
            SqlValue::Integer(number) => {
                if *number < 0 {
                    self.add(Minus);
                }
                self.add(Number(number.unsigned_abs()))
            }
            SqlValue::Boolean(true) => self.add(Word("TRUE")),
            SqlValue::Boolean(false) => self.add(Word("FALSE")),
            SqlValue::Date(day) => self
                .add(Word("TO_DATE"))
                .add(Call)
                .add(Day(*day))
                .add(Comma)
                .add(OwnText(DAY_FORMAT))
                .add(Close),
        }
    }

    fn view_head(
        &mut self,
        comment: &'a SqlString,
        tags: &'a [(super::InSchema, SqlString)],
    ) -> &mut Self {
        self.add(Line(1)).words(&["COPY", "GRANTS"]);
        self.add(Line(1)).setting("COMMENT", Text(comment));
        if !tags.is_empty() {
            self.add(Line(1)).words(&["WITH", "TAG"]);
            self.add(Open).tags(tags).add(Close);
        }
        self
    }

    fn view_column(&mut self, column: &'a ViewColumn) -> &mut Self {
        self.add(Name(&column.name));
        if let Some(policy) = &column.mask {
            self.words(&["WITH", "MASKING", "POLICY"]).path(policy);
        }
        if !column.tags.is_empty() {
            self.words(&["WITH", "TAG"]).add(Open);
            self.tags(&column.tags).add(Close);
        }
        if let Some(comment) = &column.comment {
            self.add(Word("COMMENT")).add(Text(comment));
        }
        self
    }

    fn joined(&mut self, table: &'a JoinedTable) -> &mut Self {
        self.path(&table.table)
            .add(Word("AS"))
            .add(Name(&table.alias));
        if !table.on.is_empty() {
            self.add(Word("ON"));
            self.list(&table.on, Word("AND"), |row, [one, other]| {
                row.path(one).add(Equals).path(other);
            });
        }
        self
    }

    /// What a masked value looks like.
    fn masked(&mut self, text: bool) -> &mut Self {
        self.add(if text { OwnText(MASKED) } else { Word("NULL") })
    }
}

/// The pieces of a statement, without the final `;`.
pub(super) fn pieces(statement: &Statement) -> Vec<Piece<'_>> {
    let mut row = Row::default();
    fill(&mut row, statement);
    row.0
}

const IF_NEW: &[&str] = &["IF", "NOT", "EXISTS"];
const REPLACE_VIEW: &[&str] = &["CREATE", "OR", "REPLACE", "SECURE", "VIEW"];

fn fill<'a>(row: &mut Row<'a>, statement: &'a Statement) {
    match statement {
        Statement::UseRole(role) => row.words(&["USE", "ROLE"]).add(Name(role)),
        Statement::CreateDatabase(name) => row
            .words(&["CREATE", "DATABASE"])
            .words(IF_NEW)
            .add(Name(name)),
        Statement::CreateSchema(schema) => row
            .words(&["CREATE", "SCHEMA"])
            .words(IF_NEW)
            .path(schema)
            .words(&["WITH", "MANAGED", "ACCESS"]),
        Statement::CreateTable {
            table,
            columns,
            primary_key,
        } => create_table(row, table, columns, primary_key),
        Statement::AddColumn { table, column } => row
            .words(&["ALTER", "TABLE"])
            .path(table)
            .words(&["ADD", "COLUMN"])
            .words(IF_NEW)
            .column(column),
        Statement::SetRetention { table, days } => row
            .words(&["ALTER", "TABLE"])
            .path(table)
            .add(Word("SET"))
            .setting("DATA_RETENTION_TIME_IN_DAYS", Number(*days)),
        Statement::SetComment { on, comment } => row
            .words(&["COMMENT", "ON"])
            .object(on)
            .add(Word("IS"))
            .add(Text(comment)),
        Statement::SetColumnComment {
            table,
            column,
            comment,
        } => row
            .words(&["COMMENT", "ON", "COLUMN"])
            .path(table)
            .add(Dot)
            .add(Name(column))
            .add(Word("IS"))
            .add(Text(comment)),
        Statement::CreateWarehouse(name) => row
            .words(&["CREATE", "WAREHOUSE"])
            .words(IF_NEW)
            .add(Name(name))
            .setting("INITIALLY_SUSPENDED", Word("TRUE")),
        Statement::SetWarehouse {
            warehouse,
            size,
            auto_suspend,
            comment,
        } => {
            row.words(&["ALTER", "WAREHOUSE"])
                .add(Name(warehouse))
                .words(&["SET", "WAREHOUSE_SIZE"])
                .add(Equals);
            row.words(size.words())
                .setting("AUTO_SUSPEND", Number(*auto_suspend))
                .setting("AUTO_RESUME", Word("TRUE"))
                .setting("COMMENT", Text(comment))
        }
        Statement::SetWarehouseMonitor { warehouse, monitor } => row
            .words(&["ALTER", "WAREHOUSE"])
            .add(Name(warehouse))
            .add(Word("SET"))
            .setting("RESOURCE_MONITOR", Name(monitor)),
        Statement::CreateMonitor { monitor, credits } => row
            .words(&["CREATE", "RESOURCE", "MONITOR"])
            .words(IF_NEW)
            .add(Name(monitor))
            .add(Word("WITH"))
            .setting("CREDIT_QUOTA", Number(*credits))
            .setting("FREQUENCY", Word("MONTHLY"))
            .setting("START_TIMESTAMP", Word("IMMEDIATELY")),
        Statement::SetMonitor {
            monitor,
            credits,
            triggers,
        } => {
            row.words(&["ALTER", "RESOURCE", "MONITOR"])
                .add(Name(monitor))
                .add(Word("SET"))
                .setting("CREDIT_QUOTA", Number(*credits))
                .add(Word("TRIGGERS"));
            for trigger in triggers {
                row.add(Word("ON"))
                    .add(Number(trigger.percent))
                    .words(&["PERCENT", "DO"])
                    .words(trigger.action.words());
            }
            row
        }
        Statement::CreateTag { tag, comment } => row
            .words(&["CREATE", "TAG"])
            .words(IF_NEW)
            .path(tag)
            .setting("COMMENT", Text(comment)),
        Statement::SetTagValues { tag, values } => row
            .words(&["ALTER", "TAG"])
            .path(tag)
            .words(&["SET", "ALLOWED_VALUES"])
            .list(values, Comma, |row, value| {
                row.add(Text(value));
            }),
        Statement::CreateMaskingPolicy { policy, data_type } => {
            row.words(&["CREATE", "MASKING", "POLICY"])
                .words(IF_NEW)
                .path(policy)
                .add(Word("AS"));
            row.add(Open)
                .add(Word(ARGUMENT))
                .data_type(*data_type)
                .add(Close);
            row.add(Word("RETURNS"))
                .data_type(*data_type)
                .add(Arrow)
                .masked(data_type.is_text())
        }
        Statement::SetMaskingBody {
            policy,
            text,
            clear_for,
        } => {
            row.words(&["ALTER", "MASKING", "POLICY"])
                .path(policy)
                .words(&["SET", "BODY"])
                .add(Arrow);
            masking_body(row, *text, clear_for)
        }
        Statement::SetColumnMask {
            table,
            column,
            policy,
        } => row
            .modify_column(table, column)
            .words(&["SET", "MASKING", "POLICY"])
            .path(policy)
            .add(Word("FORCE")),
        Statement::UnsetColumnMask { table, column } => row
            .modify_column(table, column)
            .words(&["UNSET", "MASKING", "POLICY"]),
        Statement::CreateView {
            view,
            comment,
            tags,
            columns,
            table,
            slices,
        } => {
            row.words(REPLACE_VIEW).path(view);
            row.view_head(comment, tags);
            row.add(Line(1))
                .words(&["AS", "SELECT"])
                .list(columns, Comma, |row, column| {
                    row.add(Name(column));
                });
            row.add(Line(1)).add(Word("FROM")).path(table);
            row.slices(slices)
        }
        Statement::CreateJoinedView {
            view,
            columns,
            comment,
            tags,
            tables,
        } => {
            row.words(REPLACE_VIEW).path(view).add(Open);
            for (at, column) in columns.iter().enumerate() {
                if at > 0 {
                    row.add(Comma);
                }
                row.add(Line(2)).view_column(column);
            }
            row.add(Line(1)).add(Close);
            row.view_head(comment, tags);
            row.add(Line(1)).words(&["AS", "SELECT"]);
            row.list(columns, Comma, |row, column| {
                row.path(&column.from);
            });
            for (at, table) in tables.iter().enumerate() {
                row.add(Line(1));
                row.words(if at == 0 {
                    &["FROM"]
                } else {
                    &["INNER", "JOIN"]
                });
                row.joined(table);
            }
            row
        }
        Statement::CreateRole { role, comment } => row
            .words(&["CREATE", "ROLE"])
            .words(IF_NEW)
            .add(Name(role))
            .setting("COMMENT", Text(comment)),
        Statement::CreateDatabaseRole { role, comment } => row
            .words(&["CREATE", "DATABASE", "ROLE"])
            .words(IF_NEW)
            .path(role)
            .setting("COMMENT", Text(comment)),
        Statement::CreateShare { share, comment } => row
            .words(&["CREATE", "SHARE"])
            .words(IF_NEW)
            .add(Name(share))
            .setting("COMMENT", Text(comment)),
        Statement::AddAccount { share, account } => {
            row.accounts(share, &["ADD", "ACCOUNTS"], account)
        }
        Statement::RemoveAccount { share, account } => {
            row.accounts(share, &["REMOVE", "ACCOUNTS"], account)
        }
        Statement::SetTags { on, tags } => row
            .add(Word("ALTER"))
            .object(on)
            .words(&["SET", "TAG"])
            .tags(tags),
        Statement::SetColumnTags {
            table,
            column,
            tags,
        } => row
            .modify_column(table, column)
            .words(&["SET", "TAG"])
            .tags(tags),
        Statement::Grant { privileges, on, to } => row
            .add(Word("GRANT"))
            .privileges(privileges)
            .add(Word("ON"))
            .securable(on)
            .add(Word("TO"))
            .grantee(to),
        Statement::Revoke {
            privileges,
            on,
            from,
        } => row
            .add(Word("REVOKE"))
            .privileges(privileges)
            .add(Word("ON"))
            .securable(on)
            .add(Word("FROM"))
            .grantee(from),
        Statement::GrantOwnership { on, to } => row
            .words(&["GRANT", "OWNERSHIP", "ON"])
            .object(on)
            .words(&["TO", "ROLE"])
            .add(Name(to))
            .words(&["COPY", "CURRENT", "GRANTS"]),
        Statement::GrantRole { role, to } => row
            .words(&["GRANT", "ROLE"])
            .add(Name(role))
            .words(&["TO", "ROLE"])
            .add(Name(to)),
        Statement::RevokeRole { role, from } => row
            .words(&["REVOKE", "ROLE"])
            .add(Name(role))
            .words(&["FROM", "ROLE"])
            .add(Name(from)),
        Statement::GrantDatabaseRole { role, to } => row
            .words(&["GRANT", "DATABASE", "ROLE"])
            .path(role)
            .add(Word("TO"))
            .grantee(to),
        Statement::RevokeDatabaseRole { role, from } => row
            .words(&["REVOKE", "DATABASE", "ROLE"])
            .path(role)
            .add(Word("FROM"))
            .grantee(from),
    };
}

fn create_table<'a, 'r>(
    row: &'r mut Row<'a>,
    table: &'a [SqlIdent],
    columns: &'a [ColumnDef],
    primary_key: &'a [SqlIdent],
) -> &'r mut Row<'a> {
    row.words(&["CREATE", "TABLE"])
        .words(IF_NEW)
        .path(table)
        .add(Open);
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            row.add(Comma);
        }
        row.add(Line(1)).column(column);
    }
    if !primary_key.is_empty() {
        row.add(Comma)
            .add(Line(1))
            .words(&["PRIMARY", "KEY"])
            .add(Open);
        row.list(primary_key, Comma, |row, column| {
            row.add(Name(column));
        });
        row.add(Close);
    }
    row.add(Line(0)).add(Close)
}

/// `IS_ROLE_IN_SESSION` looks at the primary and the secondary roles and at what they inherit
/// (docs.snowflake.com/en/sql-reference/functions/is_role_in_session).
fn masking_body<'a, 'r>(
    row: &'r mut Row<'a>,
    text: bool,
    clear_for: &'a [ClearFor],
) -> &'r mut Row<'a> {
    if clear_for.is_empty() {
        return row.masked(text);
    }
    row.words(&["CASE", "WHEN"])
        .list(clear_for, Word("OR"), |row, one| {
            if one.before.is_some() {
                row.add(Open);
            }
            row.add(Word("IS_ROLE_IN_SESSION"))
                .add(Call)
                .add(Text(&one.role))
                .add(Close);
            if let Some(day) = one.before {
                row.add(Word("AND")).before(day).add(Close);
            }
        });
    row.words(&["THEN", ARGUMENT, "ELSE"])
        .masked(text)
        .add(Word("END"))
}
