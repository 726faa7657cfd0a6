//! Values of properties: which are allowed, and in which edition.
//!
//! Rules: the parameter lists of the CREATE pages, docs.snowflake.com/en/sql-reference/parameters
//! and docs.snowflake.com/en/user-guide/intro-editions.

use super::super::Edition;
use super::super::error::{Rule, SqlError, rules};
use super::super::object::ObjectType;
use super::super::syntax::{Setting, Settings};
use super::Account;

const SIZES: &[&str] = &[
    "XSMALL", "X-SMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "X-LARGE", "XXLARGE", "X2LARGE",
    "2X-LARGE", "XXXLARGE", "X3LARGE", "3X-LARGE", "X4LARGE", "4X-LARGE", "X5LARGE", "5X-LARGE",
    "X6LARGE", "6X-LARGE",
];

fn invalid(rule: &'static Rule, key: &str, value: &Setting) -> SqlError {
    SqlError::new(
        rule,
        "001008",
        "22023",
        format!(
            "SQL compilation error:\ninvalid value [{}] for parameter '{key}'",
            value.text()
        ),
    )
}

fn integer(key: &str, value: &Setting) -> Result<i64, SqlError> {
    match value {
        Setting::Number(number) => number
            .parse()
            .map_err(|_| invalid(&rules::SETTING, key, value)),
        _ => Err(invalid(&rules::SETTING, key, value)),
    }
}

fn one_of(key: &str, value: &Setting, allowed: &[&str]) -> Result<(), SqlError> {
    if allowed.contains(&value.text().to_uppercase().as_str()) {
        Ok(())
    } else {
        Err(invalid(&rules::SETTING, key, value))
    }
}

impl Account {
    fn unsupported(rule: &'static Rule, feature: &str) -> SqlError {
        SqlError::new(
            rule,
            "000002",
            "0A000",
            format!("Unsupported feature '{feature}'."),
        )
    }

    pub(crate) fn enterprise(&self) -> bool {
        self.options.edition != Edition::Standard
    }

    /// Refuses what the edition does not have.
    pub(crate) fn require_edition(&self, object: ObjectType) -> Result<(), SqlError> {
        if object.is_policy() && !self.enterprise() {
            return Err(Self::unsupported(&rules::EDITION, object.singular()));
        }
        Ok(())
    }

    /// Refuses values that a property cannot take.
    pub(crate) fn check_settings(
        &self,
        object: ObjectType,
        transient: bool,
        settings: &Settings,
    ) -> Result<(), SqlError> {
        for (key, value) in settings {
            match key.as_str() {
                "DATA_RETENTION_TIME_IN_DAYS" => {
                    let days = integer(key, value)?;
                    let most = if self.enterprise() && !transient {
                        90
                    } else {
                        1
                    };
                    if !(0..=most).contains(&days) {
                        return Err(invalid(&rules::RETENTION, key, value));
                    }
                }
                "WAREHOUSE_SIZE" => one_of(key, value, SIZES)?,
                "WAREHOUSE_TYPE" => one_of(key, value, &["STANDARD", "SNOWPARK-OPTIMIZED"])?,
                "SCALING_POLICY" => one_of(key, value, &["STANDARD", "ECONOMY"])?,
                "AUTO_SUSPEND" if value.text() == "NULL" => {}
                "AUTO_SUSPEND" | "CREDIT_QUOTA" => {
                    let number = integer(key, value)?;
                    if number < 0 {
                        return Err(invalid(&rules::SETTING, key, value));
                    }
                }
                "MIN_CLUSTER_COUNT" | "MAX_CLUSTER_COUNT" => {
                    let count = integer(key, value)?;
                    if !(1..=10).contains(&count) {
                        return Err(invalid(&rules::SETTING, key, value));
                    }
                    if count > 1 && !self.enterprise() {
                        return Err(Self::unsupported(
                            &rules::EDITION_CLUSTERS,
                            "MULTI-CLUSTER WAREHOUSES",
                        ));
                    }
                }
                "AUTO_RESUME"
                | "INITIALLY_SUSPENDED"
                | "CHANGE_TRACKING"
                | "ENABLE_SCHEMA_EVOLUTION"
                | "EXEMPT_OTHER_POLICIES"
                | "SECURE_OBJECTS_ONLY"
                | "MUST_CHANGE_PASSWORD"
                | "DISABLED" => one_of(key, value, &["TRUE", "FALSE"])?,
                "FREQUENCY" => one_of(
                    key,
                    value,
                    &["MONTHLY", "DAILY", "WEEKLY", "YEARLY", "NEVER"],
                )?,
                "PROPAGATE" => {
                    if !self.enterprise() {
                        return Err(Self::unsupported(&rules::EDITION, "TAG PROPAGATION"));
                    }
                    one_of(
                        key,
                        value,
                        &[
                            "ON_DEPENDENCY_AND_DATA_MOVEMENT",
                            "ON_DEPENDENCY",
                            "ON_DATA_MOVEMENT",
                        ],
                    )?;
                }
                "MULTI_VALUE" => return Err(SqlError::not_modelled("multi-value tags")),
                "TYPE" if object == ObjectType::User => {
                    one_of(key, value, &["PERSON", "SERVICE", "LEGACY_SERVICE"])?;
                }
                "ALLOWED_IP_LIST" | "BLOCKED_IP_LIST" => addresses(value)?,
                _ => {}
            }
        }
        let get = |key: &str| settings.iter().find(|(k, _)| k == key).map(|(_, v)| v);
        if let (Some(low), Some(high)) = (get("MIN_CLUSTER_COUNT"), get("MAX_CLUSTER_COUNT"))
            && integer("MIN_CLUSTER_COUNT", low)? > integer("MAX_CLUSTER_COUNT", high)?
        {
            return Err(invalid(&rules::SETTING, "MIN_CLUSTER_COUNT", low));
        }
        // A custom schedule needs both (docs.snowflake.com/en/sql-reference/sql/create-resource-monitor).
        if object == ObjectType::ResourceMonitor
            && get("FREQUENCY").is_some() != get("START_TIMESTAMP").is_some()
        {
            return Err(SqlError::own(
                &rules::SETTING,
                "FREQUENCY and START_TIMESTAMP must be set together.",
            ));
        }
        Ok(())
    }

    /// Refuses trigger lists that a resource monitor cannot have: at most one of each suspending
    /// action and five notifications (docs.snowflake.com/en/user-guide/resource-monitors).
    pub(crate) fn check_triggers(triggers: &[(u32, String)]) -> Result<(), SqlError> {
        let count = |action: &str| triggers.iter().filter(|(_, a)| a == action).count();
        if count("SUSPEND") > 1 || count("SUSPEND_IMMEDIATE") > 1 || count("NOTIFY") > 5 {
            return Err(SqlError::own(
                &rules::SETTING,
                "a resource monitor has at most one SUSPEND, one SUSPEND_IMMEDIATE and five NOTIFY triggers.",
            ));
        }
        Ok(())
    }
}

fn addresses(value: &Setting) -> Result<(), SqlError> {
    let Setting::List(items) = value else {
        return Err(invalid(&rules::SETTING, "IP_LIST", value));
    };
    for item in items {
        let text = item.text();
        let (address, prefix) = text.split_once('/').unwrap_or((&text, "32"));
        let good = address.parse::<std::net::Ipv4Addr>().is_ok()
            && prefix.parse::<u8>().is_ok_and(|bits| bits <= 32);
        if !good {
            return Err(SqlError::own(
                &rules::NETWORK_ADDRESS,
                format!("'{text}' is not an IPv4 address or CIDR range."),
            ));
        }
    }
    Ok(())
}
