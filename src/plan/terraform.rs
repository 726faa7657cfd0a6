//! The calls that a Terraform root takes: initialise, plan, show, apply that plan, read outputs.
//!
//! Source: Terraform's command reference. A saved plan is applied and nothing else, so that what was
//! looked at is what happens; `-detailed-exitcode` tells changes (2) from none (0).

use super::{Doing, Step};
use crate::step::{Call, Run};

/// The saved plan, in the root's folder while it is needed.
pub const SAVED: &str = "meshc.tfplan";
/// The file with the values of holes, in the root's folder while it is needed.
pub const HOLES: &str = "meshc.tfvars.json";

const COMMON: [&str; 2] = ["-input=false", "-no-color"];
/// How long to wait for somebody else who has the state, such as a process that outlived its meshc.
const LOCK: &str = "-lock-timeout=120s";

/// `init`. The path of a local state is said here, since the tree does not know it.
pub fn init(run: &Run) -> Call {
    let state = match run {
        Run::Terraform { state } => state.as_deref(),
        _ => None,
    };
    let path = state.map(|state| format!("-backend-config=path=../../{state}"));
    Call::new(
        ["terraform", "init"]
            .into_iter()
            .chain(COMMON)
            .chain(["-reconfigure"])
            .chain(path.as_deref()),
    )
}

/// `plan`.
pub fn plan(step: &Step) -> Call {
    let holes = format!("-var-file={HOLES}");
    let out = format!("-out={SAVED}");
    let destroy = (step.doing == Doing::Remove).then_some("-destroy");
    let vars = (!step.holes.is_empty()).then_some(holes.as_str());
    Call::new(
        ["terraform", "plan"]
            .into_iter()
            .chain(COMMON)
            .chain(["-detailed-exitcode", LOCK, &out])
            .chain(vars)
            .chain(destroy),
    )
}

/// `show` of the saved plan.
pub fn show() -> Call {
    Call::new(["terraform", "show", "-json", SAVED])
}

/// `apply` of the saved plan.
pub fn apply() -> Call {
    Call::new(
        ["terraform", "apply"]
            .into_iter()
            .chain(COMMON)
            .chain([LOCK, SAVED]),
    )
}

/// `output`, from which holes are filled.
pub fn output() -> Call {
    Call::new(["terraform", "output", "-json"])
}

/// Every call of a step in its order, as `--dry-run` shows them.
pub fn all(step: &Step) -> Vec<Call> {
    vec![init(&step.run), plan(step), show(), apply()]
}
