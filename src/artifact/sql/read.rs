//! Reads SQL text back into statements: our own tree, and as much of foreign files as has the same
//! forms. What is not understood is kept as text with its line, never dropped.

use jiff::civil::Date;

use super::ident::{AccountName, InDatabase, InSchema, SqlIdent, SqlString, SqlType};
use super::pieces::{ARGUMENT, DAY_FORMAT, MASKED};
use super::statement::{
    ClearFor, ColumnDef, Grantee, JoinedTable, MonitorAction, Object, Privilege, Securable, Slice,
    SqlValue, Statement, Trigger, ViewColumn, WarehouseSize,
};
use super::tokens::{Tok, lex};

/// One statement of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The line on which it starts, from 1.
    pub line: u32,
    /// What it is.
    pub what: Reading,
}

/// What a piece of text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly everything that is read is known, so a box would cost more than it saves"
)]
pub enum Reading {
    /// One of our forms.
    Known(Statement),
    /// Anything else, as it is written, without its `;`.
    Unknown(String),
}

/// Reads a file; the error names the line at which its text stops making sense, as at a string
/// without an end.
pub fn read(text: &str) -> Result<Vec<Found>, String> {
    let lexed = lex(text)?;
    let found = lexed.runs.into_iter().map(|run| {
        let what = statement(&run.tokens).map_or(Reading::Unknown(run.text), Reading::Known);
        Found {
            line: run.line,
            what,
        }
    });
    Ok(found.collect())
}

/// The statement that the tokens are, if they are one of our forms from first to last.
pub(super) fn statement(tokens: &[Tok]) -> Option<Statement> {
    let mut at = Cursor { tokens };
    let statement = at.statement()?;
    at.tokens.is_empty().then_some(statement)
}

/// A place in the tokens. Every reader takes what it knows or gives up: there is no recovery, since
/// a statement is known as a whole or not at all.
struct Cursor<'t> {
    tokens: &'t [Tok],
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<&'t Tok> {
        self.tokens.first()
    }

    fn next(&mut self) -> Option<&'t Tok> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Keywords are the same in any case.
    fn at(&self, words: &[&str]) -> bool {
        let mut tokens = self.tokens.iter();
        words.iter().all(|word| matches!(tokens.next(), Some(Tok::Word(found)) if found.eq_ignore_ascii_case(word)))
    }

    fn eat(&mut self, words: &[&str]) -> bool {
        let here = self.at(words);
        if here {
            self.tokens = self.tokens.get(words.len()..).unwrap_or_default();
        }
        here
    }

    fn expect(&mut self, words: &[&str]) -> Option<()> {
        self.eat(words).then_some(())
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let here = matches!(self.peek(), Some(Tok::Symbol(found)) if found == symbol);
        if here {
            self.next();
        }
        here
    }

    fn symbol(&mut self, symbol: &str) -> Option<()> {
        self.eat_symbol(symbol).then_some(())
    }

    /// An identifier; an unquoted one means its upper-case form
    /// (docs.snowflake.com/en/sql-reference/identifiers-syntax).
    fn name(&mut self) -> Option<SqlIdent> {
        match self.next()? {
            Tok::Name(name) => SqlIdent::new(name).ok(),
            Tok::Word(word) => SqlIdent::new(&word.to_ascii_uppercase()).ok(),
            _ => None,
        }
    }

    fn in_database(&mut self) -> Option<InDatabase> {
        let database = self.name()?;
        self.symbol(".")?;
        Some([database, self.name()?])
    }

    fn in_schema(&mut self) -> Option<InSchema> {
        let [database, schema] = self.in_database()?;
        self.symbol(".")?;
        Some([database, schema, self.name()?])
    }

    fn text(&mut self) -> Option<SqlString> {
        match self.next()? {
            Tok::Text(text) => SqlString::new(text).ok(),
            _ => None,
        }
    }

    fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        match self.next()? {
            Tok::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = vec![each(self)?];
        while self.eat_symbol(",") {
            items.push(each(self)?);
        }
        Some(items)
    }

    fn names_in_parens(&mut self) -> Option<Vec<SqlIdent>> {
        self.symbol("(")?;
        let names = self.list(Self::name)?;
        self.symbol(")")?;
        Some(names)
    }

    /// `KEY =`
    fn key(&mut self, key: &str) -> Option<()> {
        self.expect(&[key])?;
        self.symbol("=")
    }

    fn one_of<T: Copy>(
        &mut self,
        all: &[T],
        words: impl Fn(T) -> &'static [&'static str],
    ) -> Option<T> {
        // The longest first, so that `APPLY MASKING POLICY` is not read as `APPLY`.
        let longest = all
            .iter()
            .copied()
            .filter(|one| self.at(words(*one)))
            .max_by_key(|one| words(*one).len())?;
        self.eat(words(longest));
        Some(longest)
    }

    fn data_type(&mut self) -> Option<SqlType> {
        const PLAIN: &[SqlType] = &[
            SqlType::Float,
            SqlType::Boolean,
            SqlType::Date,
            SqlType::Time,
            SqlType::TimestampNtz,
            SqlType::TimestampLtz,
            SqlType::Binary,
            SqlType::Array,
            SqlType::Object,
        ];
        if self.eat(&["VARCHAR"]) {
            if !self.eat_symbol("(") {
                return Some(SqlType::Varchar(None));
            }
            let length = self.number()?;
            self.symbol(")")?;
            return Some(SqlType::Varchar(Some(length)));
        }
        if self.eat(&["NUMBER"]) {
            self.symbol("(")?;
            let precision = self.number()?;
            self.symbol(",")?;
            let scale = self.number()?;
            self.symbol(")")?;
            return Some(SqlType::Number(precision, scale));
        }
        PLAIN.iter().copied().find(|one| self.eat(&[one.word()]))
    }

    fn column(&mut self) -> Option<ColumnDef> {
        let name = self.name()?;
        let data_type = self.data_type()?;
        Some(ColumnDef {
            name,
            data_type,
            not_null: self.eat(&["NOT", "NULL"]),
        })
    }

    fn object(&mut self) -> Option<Object> {
        if self.eat(&["DATABASE"]) {
            return self.name().map(Object::Database);
        }
        if self.eat(&["SCHEMA"]) {
            return self.in_database().map(Object::Schema);
        }
        if self.eat(&["TABLE"]) {
            return self.in_schema().map(Object::Table);
        }
        if self.eat(&["VIEW"]) {
            return self.in_schema().map(Object::View);
        }
        if self.eat(&["WAREHOUSE"]) {
            return self.name().map(Object::Warehouse);
        }
        self.expect(&["TAG"])?;
        self.in_schema().map(Object::Tag)
    }

    fn securable(&mut self) -> Option<Securable> {
        if self.eat(&["ACCOUNT"]) {
            return Some(Securable::Account);
        }
        if self.eat(&["ALL", "TABLES", "IN", "SCHEMA"]) {
            return self.in_database().map(Securable::AllTables);
        }
        if self.eat(&["FUTURE", "TABLES", "IN", "SCHEMA"]) {
            return self.in_database().map(Securable::FutureTables);
        }
        self.object().map(Securable::One)
    }

    fn share(&mut self) -> Option<Statement> {
        let share = self.name()?;
        let add = self.eat(&["ADD", "ACCOUNTS"]);
        if !add {
            self.expect(&["REMOVE", "ACCOUNTS"])?;
        }
        self.symbol("=")?;
        let [organization, account] = self.in_database()?;
        let account = AccountName::new(&format!("{}.{}", organization.as_str(), account.as_str()))?;
        Some(if add {
            Statement::AddAccount { share, account }
        } else {
            Statement::RemoveAccount { share, account }
        })
    }

    fn grantee(&mut self) -> Option<Grantee> {
        if self.eat(&["SHARE"]) {
            return self.name().map(Grantee::Share);
        }
        if self.eat(&["DATABASE", "ROLE"]) {
            return self.in_database().map(Grantee::DatabaseRole);
        }
        self.expect(&["ROLE"])?;
        self.name().map(Grantee::Role)
    }

    fn tag(&mut self) -> Option<(InSchema, SqlString)> {
        let tag = self.in_schema()?;
        self.symbol("=")?;
        Some((tag, self.text()?))
    }

    fn statement(&mut self) -> Option<Statement> {
        if self.eat(&["USE", "ROLE"]) {
            return self.name().map(Statement::UseRole);
        }
        if self.eat(&["CREATE", "OR", "REPLACE", "SECURE", "VIEW"]) {
            return self.view();
        }
        if self.eat(&["CREATE"]) {
            return self.create();
        }
        if self.eat(&["ALTER"]) {
            return self.alter();
        }
        if self.eat(&["COMMENT", "ON"]) {
            return self.comment();
        }
        if self.eat(&["GRANT"]) {
            return self.grant();
        }
        self.expect(&["REVOKE"])?;
        self.revoke()
    }

    fn view(&mut self) -> Option<Statement> {
        let view = self.in_schema()?;
        if self.eat_symbol("(") {
            return self.joined_view(view);
        }
        let (comment, tags) = self.view_head()?;
        self.expect(&["AS", "SELECT"])?;
        let columns = self.list(Self::name)?;
        self.expect(&["FROM"])?;
        let table = self.in_schema()?;
        let slices = if self.eat(&["WHERE"]) {
            self.slices()?
        } else {
            Vec::new()
        };
        Some(Statement::CreateView {
            view,
            comment,
            tags,
            columns,
            table,
            slices,
        })
    }

    fn view_head(&mut self) -> Option<(SqlString, Vec<(InSchema, SqlString)>)> {
        self.expect(&["COPY", "GRANTS"])?;
        self.key("COMMENT")?;
        let comment = self.text()?;
        Some((comment, self.with_tags()?))
    }

    fn with_tags(&mut self) -> Option<Vec<(InSchema, SqlString)>> {
        if !self.eat(&["WITH", "TAG"]) {
            return Some(Vec::new());
        }
        self.symbol("(")?;
        let tags = self.list(Self::tag)?;
        self.symbol(")")?;
        Some(tags)
    }

    fn joined_view(&mut self, view: InSchema) -> Option<Statement> {
        // What a column shows stands further down, in the same order.
        let heads = self.list(|at| {
            let name = at.name()?;
            let mask = if at.eat(&["WITH", "MASKING", "POLICY"]) {
                Some(at.in_schema()?)
            } else {
                None
            };
            let tags = at.with_tags()?;
            let comment = if at.eat(&["COMMENT"]) {
                Some(at.text()?)
            } else {
                None
            };
            Some((name, mask, tags, comment))
        })?;
        self.symbol(")")?;
        let (comment, tags) = self.view_head()?;
        self.expect(&["AS", "SELECT"])?;
        let from = self.list(Self::in_database)?;
        if from.len() != heads.len() {
            return None;
        }
        let columns = heads.into_iter().zip(from);
        let columns = columns.map(|((name, mask, tags, comment), from)| ViewColumn {
            name,
            mask,
            tags,
            comment,
            from,
        });
        let columns = columns.collect();
        self.expect(&["FROM"])?;
        let mut tables = vec![self.joined()?];
        while self.eat(&["INNER", "JOIN"]) {
            tables.push(self.joined()?);
        }
        Some(Statement::CreateJoinedView {
            view,
            columns,
            comment,
            tags,
            tables,
        })
    }

    fn joined(&mut self) -> Option<JoinedTable> {
        let table = self.in_schema()?;
        self.expect(&["AS"])?;
        let alias = self.name()?;
        let mut on = Vec::new();
        if self.eat(&["ON"]) {
            loop {
                let one = self.in_database()?;
                self.symbol("=")?;
                on.push([one, self.in_database()?]);
                if !self.eat(&["AND"]) {
                    break;
                }
            }
        }
        Some(JoinedTable { table, alias, on })
    }

    fn slices(&mut self) -> Option<Vec<Slice>> {
        if !self.eat_symbol("(") {
            return Some(vec![self.slice()?]);
        }
        let mut slices = Vec::new();
        loop {
            slices.push(self.slice()?);
            self.symbol(")")?;
            if !self.eat(&["OR"]) {
                return Some(slices);
            }
            self.symbol("(")?;
        }
    }

    fn slice(&mut self) -> Option<Slice> {
        let mut only = Vec::new();
        loop {
            if self.at(&["SYSDATE"]) {
                let before = Some(self.before()?);
                return Some(Slice { only, before });
            }
            let column = self.name()?;
            self.expect(&["IN"])?;
            self.symbol("(")?;
            let values = self.list(Self::value)?;
            self.symbol(")")?;
            only.push((column, values));
            if !self.eat(&["AND"]) {
                return Some(Slice { only, before: None });
            }
        }
    }

    fn value(&mut self) -> Option<SqlValue> {
        if self.eat(&["TRUE"]) {
            return Some(SqlValue::Boolean(true));
        }
        if self.eat(&["FALSE"]) {
            return Some(SqlValue::Boolean(false));
        }
        if self.eat(&["TO_DATE"]) {
            self.symbol("(")?;
            let day = self.day()?;
            self.symbol(",")?;
            (self.text()?.as_str() == DAY_FORMAT).then_some(())?;
            self.symbol(")")?;
            return Some(SqlValue::Date(day));
        }
        if let Some(Tok::Text(_)) = self.peek() {
            return self.text().map(SqlValue::Text);
        }
        let sign = if self.eat_symbol("-") { "-" } else { "" };
        let digits: u64 = self.number()?;
        format!("{sign}{digits}")
            .parse()
            .ok()
            .map(SqlValue::Integer)
    }

    fn day(&mut self) -> Option<Date> {
        let text = self.text()?;
        let day: Date = text.as_str().parse().ok()?;
        (day.to_string() == text.as_str()).then_some(day)
    }

    /// `SYSDATE() < TO_TIMESTAMP_NTZ('2027-07-01')`
    fn before(&mut self) -> Option<Date> {
        self.expect(&["SYSDATE"])?;
        self.symbol("(")?;
        self.symbol(")")?;
        self.symbol("<")?;
        self.expect(&["TO_TIMESTAMP_NTZ"])?;
        self.symbol("(")?;
        let day = self.day()?;
        self.symbol(")")?;
        Some(day)
    }

    fn create(&mut self) -> Option<Statement> {
        const KINDS: &[&[&str]] = &[
            &["DATABASE", "ROLE"],
            &["DATABASE"],
            &["SCHEMA"],
            &["TABLE"],
            &["WAREHOUSE"],
            &["RESOURCE", "MONITOR"],
            &["TAG"],
            &["MASKING", "POLICY"],
            &["ROLE"],
            &["SHARE"],
        ];
        let kind = KINDS.iter().find(|kind| self.eat(kind))?;
        self.expect(&["IF", "NOT", "EXISTS"])?;
        match kind.join(" ").as_str() {
            "DATABASE ROLE" => {
                let role = self.in_database()?;
                self.key("COMMENT")?;
                Some(Statement::CreateDatabaseRole {
                    role,
                    comment: self.text()?,
                })
            }
            "SHARE" => {
                let share = self.name()?;
                self.key("COMMENT")?;
                let comment = self.text()?;
                Some(Statement::CreateShare { share, comment })
            }
            "DATABASE" => self.name().map(Statement::CreateDatabase),
            "SCHEMA" => {
                let schema = self.in_database()?;
                self.expect(&["WITH", "MANAGED", "ACCESS"])?;
                Some(Statement::CreateSchema(schema))
            }
            "TABLE" => self.create_table(),
            "WAREHOUSE" => {
                let name = self.name()?;
                self.key("INITIALLY_SUSPENDED")?;
                self.expect(&["TRUE"])?;
                Some(Statement::CreateWarehouse(name))
            }
            "RESOURCE MONITOR" => {
                let monitor = self.name()?;
                self.expect(&["WITH"])?;
                self.key("CREDIT_QUOTA")?;
                let credits = self.number()?;
                self.key("FREQUENCY")?;
                self.expect(&["MONTHLY"])?;
                self.key("START_TIMESTAMP")?;
                self.expect(&["IMMEDIATELY"])?;
                Some(Statement::CreateMonitor { monitor, credits })
            }
            "TAG" => {
                let tag = self.in_schema()?;
                self.key("COMMENT")?;
                Some(Statement::CreateTag {
                    tag,
                    comment: self.text()?,
                })
            }
            "MASKING POLICY" => {
                let policy = self.in_schema()?;
                self.expect(&["AS"])?;
                self.symbol("(")?;
                self.expect(&[ARGUMENT])?;
                let data_type = self.data_type()?;
                self.symbol(")")?;
                self.expect(&["RETURNS"])?;
                (self.data_type()? == data_type).then_some(())?;
                self.symbol("->")?;
                self.masked(data_type.is_text())?;
                Some(Statement::CreateMaskingPolicy { policy, data_type })
            }
            _ => {
                let role = self.name()?;
                self.key("COMMENT")?;
                Some(Statement::CreateRole {
                    role,
                    comment: self.text()?,
                })
            }
        }
    }

    fn create_table(&mut self) -> Option<Statement> {
        let table = self.in_schema()?;
        self.symbol("(")?;
        let (mut columns, mut primary_key) = (Vec::new(), Vec::new());
        loop {
            if self.eat(&["PRIMARY", "KEY"]) {
                primary_key = self.names_in_parens()?;
                break;
            }
            columns.push(self.column()?);
            if !self.eat_symbol(",") {
                break;
            }
        }
        self.symbol(")")?;
        Some(Statement::CreateTable {
            table,
            columns,
            primary_key,
        })
    }

    fn masked(&mut self, text: bool) -> Option<()> {
        if text {
            (self.text()?.as_str() == MASKED).then_some(())
        } else {
            self.expect(&["NULL"])
        }
    }

    fn alter(&mut self) -> Option<Statement> {
        if self.eat(&["RESOURCE", "MONITOR"]) {
            return self.set_monitor();
        }
        if self.eat(&["MASKING", "POLICY"]) {
            return self.set_body();
        }
        if self.eat(&["SHARE"]) {
            return self.share();
        }
        let object = self.object()?;
        match object {
            Object::Table(table) if self.eat(&["ADD", "COLUMN", "IF", "NOT", "EXISTS"]) => {
                Some(Statement::AddColumn {
                    table,
                    column: self.column()?,
                })
            }
            Object::Table(table) if self.eat(&["MODIFY", "COLUMN"]) => self.modify_column(table),
            Object::Table(table) if self.at(&["SET", "DATA_RETENTION_TIME_IN_DAYS"]) => {
                self.expect(&["SET"])?;
                self.key("DATA_RETENTION_TIME_IN_DAYS")?;
                Some(Statement::SetRetention {
                    table,
                    days: self.number()?,
                })
            }
            Object::Warehouse(warehouse) if self.at(&["SET", "RESOURCE_MONITOR"]) => {
                self.expect(&["SET"])?;
                self.key("RESOURCE_MONITOR")?;
                Some(Statement::SetWarehouseMonitor {
                    warehouse,
                    monitor: self.name()?,
                })
            }
            Object::Warehouse(warehouse) if self.at(&["SET", "WAREHOUSE_SIZE"]) => {
                self.expect(&["SET"])?;
                self.key("WAREHOUSE_SIZE")?;
                let size = self.one_of(WarehouseSize::ALL, WarehouseSize::words)?;
                self.key("AUTO_SUSPEND")?;
                let auto_suspend = self.number()?;
                self.key("AUTO_RESUME")?;
                self.expect(&["TRUE"])?;
                self.key("COMMENT")?;
                Some(Statement::SetWarehouse {
                    warehouse,
                    size,
                    auto_suspend,
                    comment: self.text()?,
                })
            }
            Object::Tag(tag) if self.eat(&["SET", "ALLOWED_VALUES"]) => {
                Some(Statement::SetTagValues {
                    tag,
                    values: self.list(Self::text)?,
                })
            }
            on => {
                self.expect(&["SET", "TAG"])?;
                Some(Statement::SetTags {
                    on,
                    tags: self.list(Self::tag)?,
                })
            }
        }
    }

    fn modify_column(&mut self, table: InSchema) -> Option<Statement> {
        let column = self.name()?;
        if self.eat(&["UNSET", "MASKING", "POLICY"]) {
            return Some(Statement::UnsetColumnMask { table, column });
        }
        if self.eat(&["SET", "TAG"]) {
            return Some(Statement::SetColumnTags {
                table,
                column,
                tags: self.list(Self::tag)?,
            });
        }
        self.expect(&["SET", "MASKING", "POLICY"])?;
        let policy = self.in_schema()?;
        self.expect(&["FORCE"])?;
        Some(Statement::SetColumnMask {
            table,
            column,
            policy,
        })
    }

    fn set_monitor(&mut self) -> Option<Statement> {
        let monitor = self.name()?;
        self.expect(&["SET"])?;
        self.key("CREDIT_QUOTA")?;
        let credits = self.number()?;
        self.expect(&["TRIGGERS"])?;
        let mut triggers = Vec::new();
        while self.eat(&["ON"]) {
            let percent = self.number()?;
            self.expect(&["PERCENT", "DO"])?;
            triggers.push(Trigger {
                percent,
                action: self.one_of(MonitorAction::ALL, MonitorAction::words)?,
            });
        }
        Some(Statement::SetMonitor {
            monitor,
            credits,
            triggers,
        })
    }

    fn set_body(&mut self) -> Option<Statement> {
        let policy = self.in_schema()?;
        self.expect(&["SET", "BODY"])?;
        self.symbol("->")?;
        let mut clear_for = Vec::new();
        let open = self.eat(&["CASE", "WHEN"]);
        if open {
            loop {
                clear_for.push(self.clear_for()?);
                if !self.eat(&["OR"]) {
                    break;
                }
            }
            self.expect(&["THEN", ARGUMENT, "ELSE"])?;
        }
        let text = matches!(self.peek(), Some(Tok::Text(_)));
        self.masked(text)?;
        if open {
            self.expect(&["END"])?;
        }
        Some(Statement::SetMaskingBody {
            policy,
            text,
            clear_for,
        })
    }

    fn clear_for(&mut self) -> Option<ClearFor> {
        let timed = self.eat_symbol("(");
        self.expect(&["IS_ROLE_IN_SESSION"])?;
        self.symbol("(")?;
        let role = self.text()?;
        self.symbol(")")?;
        if !timed {
            return Some(ClearFor { role, before: None });
        }
        self.expect(&["AND"])?;
        let before = Some(self.before()?);
        self.symbol(")")?;
        Some(ClearFor { role, before })
    }

    fn comment(&mut self) -> Option<Statement> {
        if self.eat(&["COLUMN"]) {
            let table = self.in_schema()?;
            self.symbol(".")?;
            let column = self.name()?;
            self.expect(&["IS"])?;
            return Some(Statement::SetColumnComment {
                table,
                column,
                comment: self.text()?,
            });
        }
        let on = self.object()?;
        self.expect(&["IS"])?;
        Some(Statement::SetComment {
            on,
            comment: self.text()?,
        })
    }

    fn grant(&mut self) -> Option<Statement> {
        if self.eat(&["DATABASE", "ROLE"]) {
            let role = self.in_database()?;
            self.expect(&["TO"])?;
            return Some(Statement::GrantDatabaseRole {
                role,
                to: self.grantee()?,
            });
        }
        if self.eat(&["ROLE"]) {
            let role = self.name()?;
            self.expect(&["TO", "ROLE"])?;
            return Some(Statement::GrantRole {
                role,
                to: self.name()?,
            });
        }
        if self.eat(&["OWNERSHIP", "ON"]) {
            let on = self.object()?;
            self.expect(&["TO", "ROLE"])?;
            let to = self.name()?;
            self.expect(&["COPY", "CURRENT", "GRANTS"])?;
            return Some(Statement::GrantOwnership { on, to });
        }
        let privileges = self.privileges()?;
        self.expect(&["ON"])?;
        let on = self.securable()?;
        self.expect(&["TO"])?;
        Some(Statement::Grant {
            privileges,
            on,
            to: self.grantee()?,
        })
    }

    fn privileges(&mut self) -> Option<Vec<Privilege>> {
        self.list(|at| at.one_of(Privilege::ALL, Privilege::words))
    }

    fn revoke(&mut self) -> Option<Statement> {
        if self.eat(&["DATABASE", "ROLE"]) {
            let role = self.in_database()?;
            self.expect(&["FROM"])?;
            return Some(Statement::RevokeDatabaseRole {
                role,
                from: self.grantee()?,
            });
        }
        if self.eat(&["ROLE"]) {
            let role = self.name()?;
            self.expect(&["FROM", "ROLE"])?;
            return Some(Statement::RevokeRole {
                role,
                from: self.name()?,
            });
        }
        let privileges = self.privileges()?;
        self.expect(&["ON"])?;
        let on = self.securable()?;
        self.expect(&["FROM"])?;
        Some(Statement::Revoke {
            privileges,
            on,
            from: self.grantee()?,
        })
    }
}
