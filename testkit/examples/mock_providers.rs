//! Serves the mock providers until standard input ends, for trying things by hand:
//!
//! ```text
//! cargo run -p testkit --example mock_providers
//! TF_REATTACH_PROVIDERS='…' terraform plan
//! ```
//!
//! `aws-5` as an argument serves major 5 of the AWS provider in place of major 6.
#![allow(clippy::print_stdout, reason = "an example talks to a terminal")]

use std::io::Read;

use testkit::mock_provider::{MockProviders, embedded};

fn main() -> anyhow::Result<()> {
    let aws = if std::env::args().any(|argument| argument == "aws-5") {
        embedded::AWS_5
    } else {
        embedded::AWS_6
    };
    let mocks = MockProviders::start(&[aws, embedded::AZURERM_4, embedded::GOOGLE_6])?;
    for (address, version, rules) in mocks.served() {
        println!("# {address} {version}, {rules} value rules");
    }
    println!("export TF_REATTACH_PROVIDERS='{}'", mocks.reattach_env());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", mocks.log_lines());
    Ok(())
}
