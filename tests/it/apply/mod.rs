//! Plan and apply over a world in memory: what is run, what is refused, and that a process which is
//! killed anywhere leaves a state from which the same command ends where it would have ended.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use meshc::address::Address;
use meshc::apply::{self, Event, Job, Report, Saved, Status, Store};
use meshc::diag::Diagnostics;
use meshc::diag::render::Human;
use meshc::pipeline::{self, Compiled};
use meshc::plan::{self, Carried, Doing, Plan, Risk, Scope};
use meshc::source::SourceMap;
use meshc::source::load::MeshDir;
use meshc::template::Templates;

use world::{Clouds, Killed, World};

/// A mesh folder of its own, as small a part of the example as a test needs.
struct Mesh {
    folder: tempfile::TempDir,
    scope: Scope,
    day: &'static str,
}

/// What compiling a mesh gives to `apply`.
struct Made {
    compiled: Compiled,
    carried: BTreeMap<String, BTreeMap<String, Carried>>,
    plan: Plan,
}

impl Mesh {
    fn new() -> Self {
        let folder = testkit::memory::folder().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal");
        for file in [
            "mesh.yaml",
            "mesh.lock",
            "domains/sales.yaml",
            "domains/support.yaml",
        ] {
            let to = folder.path().join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(example.join(file), to).unwrap();
        }
        Self {
            folder,
            scope: Scope {
                env: vec!["dev".to_owned()],
                ..Scope::default()
            },
            day: "2026-11-25",
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn store(&self) -> Store {
        Store::new(self.folder.path())
    }

    /// Replaces text that must be there.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "`{from}` in {file}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// What would be planned now.
    fn make(&self) -> Made {
        let dir = MeshDir {
            path: self.path(),
            shown: "mesh".into(),
        };
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let (files, lock) = pipeline::read(&dir, &mut map, &mut out);
        let templates = Templates::embedded(&mut map, &mut out);
        let day = self.day.parse().unwrap();
        // As `plan` and `apply` compile: without what has expired.
        let wishes = pipeline::Wishes {
            day: Some(day),
            ..pipeline::Wishes::default()
        };
        let compiled =
            pipeline::compile_as_wished(&map, &files, lock, &templates, &wishes, &mut out);
        let said = out.into_sorted();
        let compiled =
            compiled.unwrap_or_else(|| panic!("{}", Human { color: false }.render(&said, &map)));
        let carried = plan::carried(&compiled, &|span| {
            format!("{}", map.file(span.file).path().display())
        });
        let plan = self.plan(&compiled, &carried);
        Made {
            compiled,
            carried,
            plan,
        }
    }

    /// The plan for what is compiled, beside what was applied last.
    fn plan(
        &self,
        compiled: &Compiled,
        carried: &BTreeMap<String, BTreeMap<String, Carried>>,
    ) -> Plan {
        plan::make(&plan::Input {
            compiled,
            as_of: self.day.to_owned(),
            ledgers: &self.ledgers(),
            scope: &self.scope,
            carried,
        })
    }

    /// Runs an approved plan with what is compiled now, as the command does.
    fn run(&self, made: &Made, approved: &Plan, world: &World, allow: &[Address]) -> Report {
        let store = self.store();
        let ledgers = store.ledgers("minimal").unwrap();
        let plan = self.plan(&made.compiled, &made.carried);
        let now: BTreeSet<&str> = plan.steps().map(|step| step.id.as_str()).collect();
        let done = approved
            .steps()
            .map(|step| step.id.clone())
            .filter(|id| !now.contains(id.as_str()))
            .collect();
        store
            .save_plan(&Saved {
                plan: approved.clone(),
                allow: Vec::new(),
            })
            .unwrap();
        let report = apply::run(
            &Job {
                plan: approved,
                carried: &made.carried,
                ledgers,
                store: &store,
                runner: world,
                now: &|| "2026-11-25T06:00:00Z".to_owned(),
                allow,
                parallel: 1,
                tell: &|event| {
                    if let Event::Written(_) = event {
                        world.killer.moment();
                    }
                },
            },
            &done,
        )
        .unwrap();
        if report.is_good() {
            store.forget_plan().unwrap();
        }
        report
    }

    /// Plans and runs.
    fn apply(&self, world: &World) -> Report {
        let made = self.make();
        self.run(&made, &made.plan, world, &[])
    }

    /// Every file of the state folder.
    fn state(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        walkdir::WalkDir::new(self.path().join(".meshc"))
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                (
                    entry.path().to_owned(),
                    std::fs::read(entry.path()).unwrap(),
                )
            })
            .collect()
    }

    fn set_state(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        let _ = std::fs::remove_dir_all(self.path().join(".meshc"));
        for (path, bytes) in files {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// The ledgers as they are on the disk.
    fn ledgers(&self) -> BTreeMap<String, plan::Ledger> {
        self.store().ledgers("minimal").unwrap()
    }
}

fn assert_good(report: &Report) {
    let bad: Vec<_> = report
        .steps
        .iter()
        .filter(|(_, status)| !status.is_good())
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn everything_is_applied_in_its_order_and_then_nothing_is_left_to_do() {
    let (mesh, world) = (Mesh::new(), World::default());
    let made = mesh.make();
    let waves: Vec<&str> = made
        .plan
        .waves
        .iter()
        .map(|wave| wave.wave.as_str())
        .collect();
    assert_eq!(waves, ["definitions", "guardrails", "things", "access"]);
    assert_eq!(Plan::parse(&made.plan.print()).unwrap(), made.plan);
    let report = mesh.apply(&world);
    assert_good(&report);
    assert_eq!(report.steps.len(), made.plan.steps().count());
    let clouds = world.clouds();
    assert!(
        clouds
            .resources
            .contains_key(".meshc/dev/sales/aws/resources.tfstate")
    );
    assert!(
        clouds
            .resources
            .contains_key(".meshc/dev/support/gcp/access.tfstate")
    );
    assert!(clouds.azure.len() > 10 && clouds.roles.len() > 10 && clouds.org_policies.len() == 5);
    assert!(clouds.control.values().all(|(_, content, targets)| {
        targets.contains("ou-ab12-cd34ef56") && content.contains("Deny")
    }));
    assert!(
        clouds
            .grants
            .iter()
            .any(|grant| grant.contains("SALES_ANALYSTS"))
    );
    let hole = world.calls();
    assert!(
        hole.iter()
            .any(|call| call.contains("-var-file=meshc.tfvars.json"))
    );
    // No saved plan and no value of a hole stays behind.
    for entry in walkdir::WalkDir::new(mesh.path().join(".meshc")) {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(
            !name.starts_with("meshc.tf") && !name.ends_with("meshc-new"),
            "{name}"
        );
    }
    let second = mesh.make();
    assert!(second.plan.is_empty(), "{}", second.plan.print());
    assert_eq!(mesh.store().saved_plan().unwrap(), None);
}

/// A grant that goes, and one that comes.
fn change_rights(mesh: &Mesh) {
    let text = std::fs::read_to_string(mesh.path().join("domains/sales.yaml")).unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("group: sales-analysts"))
        .unwrap()
        .to_owned();
    mesh.edit("domains/sales.yaml", &format!("{line}\n"), "");
    let rest = std::fs::read_to_string(mesh.path().join("domains/sales.yaml")).unwrap();
    let line = rest
        .lines()
        .rfind(|line| line.contains("group: sales-analysts"))
        .map(str::to_owned);
    if let Some(line) = line {
        mesh.edit("domains/sales.yaml", &format!("{line}\n"), "");
    }
}

#[test]
fn a_right_that_is_gone_is_taken_back_after_what_stays_is_there() {
    let (mesh, world) = (Mesh::new(), World::default());
    assert_good(&mesh.apply(&world));
    let before = world.clouds();
    change_rights(&mesh);
    let made = mesh.make();
    let last = made.plan.waves.last().unwrap();
    let revoke = last
        .steps
        .iter()
        .find(|step| step.doing == Doing::Revoke)
        .unwrap();
    assert_eq!(revoke.id, "dev/sales/snowflake/revocations");
    assert!(revoke.risk.contains(&Risk::NarrowsAccess));
    assert_good(&mesh.run(&made, &made.plan, &world, &[]));
    let after = world.clouds();
    let gone: Vec<_> = before.grants.difference(&after.grants).collect();
    assert!(
        !gone.is_empty() && gone.iter().all(|grant| grant.contains("SALES_ANALYSTS")),
        "{gone:?}"
    );
    assert!(after.grants.is_subset(&before.grants));
    assert!(mesh.make().plan.is_empty());
    assert!(mesh.ledgers()["dev/sales/snowflake"].superseded.is_empty());
}

/// Runs a scenario's last apply to its end, then again with a kill at every moment of it, each time
/// going on as `apply --resume` does, and compares.
fn killed(what: &str, every: usize, prepare: impl Fn(&mut Mesh, &World)) {
    let (mut mesh, world) = (Mesh::new(), World::default());
    prepare(&mut mesh, &world);
    let made = mesh.make();
    let start = (world.clouds(), mesh.state());
    world.killer.arm(0);
    assert_good(&mesh.run(&made, &made.plan, &world, &[]));
    let (moments, clouds, ledgers) = (world.killer.seen(), world.clouds(), mesh.ledgers());
    let mut kills = 0;
    for at in (1..=moments).step_by(every) {
        kills += 1;
        mesh.set_state(&start.1);
        let world = World::of(start.0.clone());
        world.killer.arm(at);
        let run = || mesh.run(&made, &made.plan, &world, &[]);
        let end = std::panic::catch_unwind(AssertUnwindSafe(run));
        assert!(
            end.is_err_and(|panic| panic.is::<Killed>()),
            "no kill at {at}"
        );
        world.killer.arm(0);
        let saved = mesh.store().saved_plan().unwrap().unwrap();
        let now = mesh.plan(&made.compiled, &made.carried);
        assert_eq!(
            apply::stale(&saved.plan, &now, &|_| true),
            [""; 0],
            "killed at {at}"
        );
        assert_good(&mesh.run(&made, &saved.plan, &world, &[]));
        assert_same(&world.clouds(), &clouds, at);
        assert_eq!(mesh.ledgers(), ledgers, "killed at {at}");
        assert!(
            mesh.plan(&made.compiled, &made.carried).is_empty(),
            "killed at {at}"
        );
    }
    println!("{what}: {kills} kills at {moments} moments; every one ended as without it");
}

fn assert_same(now: &Clouds, then: &Clouds, at: u64) {
    assert!(now == then, "the clouds are another after a kill at {at}");
}

#[test]
fn a_first_apply_may_be_killed_anywhere() {
    killed("first apply", 5, |_, _| {});
    killed("first apply to two clouds", 1, |mesh, _| {
        mesh.scope.target = vec!["aws".to_owned(), "snowflake".to_owned()];
    });
}

#[test]
fn an_apply_that_revokes_may_be_killed_anywhere() {
    killed("apply that revokes", 1, |mesh, world| {
        assert_good(&mesh.apply(world));
        change_rights(mesh);
    });
}

#[test]
fn a_step_that_fails_stops_its_branch_and_nothing_else() {
    let (mesh, world) = (Mesh::new(), World::default());
    world.fail(
        "roles create minimal_dev_bucket_look",
        "PERMISSION_DENIED: no",
    );
    let report = mesh.apply(&world);
    let status = |id: &str| {
        let found = report.steps.iter().find(|(step, _)| step == id);
        found.map(|(_, status)| status.clone()).unwrap()
    };
    assert!(matches!(
        status("dev/_mesh/gcp/roles/minimal_dev_bucket_look.yaml"),
        Status::Failed(why) if why.contains("PERMISSION_DENIED")
    ));
    for stopped in ["dev/support/gcp/resources", "dev/support/gcp/access"] {
        assert!(matches!(status(stopped), Status::NotDone(_)), "{stopped}");
    }
    for done in [
        "dev/support/azure/access",
        "dev/sales/aws/access",
        "dev/sales/snowflake/access",
    ] {
        assert_eq!(status(done), Status::Done);
    }
    // The same command again ends it.
    assert!(mesh.store().saved_plan().unwrap().is_some());
    assert_good(&mesh.apply(&world));
    assert!(mesh.make().plan.is_empty());
}

#[test]
fn errors_that_pass_are_waited_for_and_others_are_not() {
    let (mesh, world) = (Mesh::new(), World::default());
    world.fail(
        "create-policy",
        "An error occurred (ConcurrentModificationException)",
    );
    world.fail("az rest", "TooManyRequests");
    world.fail(
        "org-policies set-policy",
        "ABORTED: There were concurrent policy changes",
    );
    assert_good(&mesh.apply(&world));
    let (mesh, world) = (Mesh::new(), World::default());
    world.fail("create-policy", "An error occurred (AccessDeniedException)");
    assert!(!mesh.apply(&world).is_good());
}

#[test]
fn a_role_that_was_deleted_is_brought_back_and_what_is_there_is_changed() {
    let (mesh, world) = (Mesh::new(), World::default());
    assert_good(&mesh.apply(&world));
    let clouds = world.clouds();
    // Somebody deletes a role, and the state folder is lost: everything is found and set right again.
    let folder = mesh.path();
    let delete = meshc::step::Call::new([
        "gcloud",
        "iam",
        "roles",
        "delete",
        "minimal_dev_bucket_own",
        "--organization",
        "123456789012",
        "--quiet",
    ]);
    meshc::runner::Runner::run(&world, &delete, &folder).unwrap();
    std::fs::remove_dir_all(folder.join(".meshc/dev/_mesh")).unwrap();
    assert_good(&mesh.apply(&world));
    assert!(world.clouds() == clouds);
}

#[test]
fn a_value_of_another_shape_fills_no_hole() {
    let (mesh, world) = (Mesh::new(), World::default());
    *world.output.lock().unwrap() = Some("key\" } ${file(\"/etc/passwd\")}".to_owned());
    let report = mesh.apply(&world);
    let (_, status) = report
        .steps
        .iter()
        .find(|(id, _)| id == "dev/sales/aws/access")
        .unwrap();
    assert!(
        matches!(status, Status::Failed(why) if why.contains("key_confidential_id")),
        "{status:?}"
    );
    assert!(!world.calls().iter().any(|call| call.contains("-var-file")));
}

#[test]
fn a_plan_that_is_no_longer_what_would_happen_is_refused() {
    let (mesh, world) = (Mesh::new(), World::default());
    let approved = mesh.make();
    mesh.edit("mesh.yaml", "archive-after: 90d", "archive-after: 91d");
    let now = mesh.make();
    let why = apply::stale(&approved.plan, &now.plan, &|_| false);
    assert!(
        !why.is_empty() && why.iter().all(|why| why.contains("/resources`")),
        "{why:?}"
    );
    // Somebody else applied it meanwhile.
    assert_good(&mesh.apply(&world));
    let why = apply::stale(&now.plan, &mesh.make().plan, &|_| false);
    assert_eq!(why.len(), now.plan.steps().count());
    // A plan that was tampered with.
    let mesh = Mesh::new();
    let made = mesh.make();
    let text = made
        .plan
        .print()
        .replace("ou-ab12-cd34ef56", "ou-ab12-ffffffff");
    let why = apply::stale(&Plan::parse(&text).unwrap(), &made.plan, &|_| false);
    assert!(
        why.iter()
            .all(|why| why.contains("would do something else")),
        "{why:?}"
    );
    assert!(Plan::parse("{}").is_err() && Plan::parse("{\"version\": 2}").is_err());
}

#[test]
fn what_has_expired_is_left_out_and_taken_back() {
    let (mut mesh, world) = (Mesh::new(), World::default());
    assert_good(&mesh.apply(&world));
    let before = world.clouds();
    mesh.day = "2027-07-01";
    let made = mesh.make();
    assert!(!made.plan.expired.is_empty());
    assert_good(&mesh.run(&made, &made.plan, &world, &[]));
    let after = world.clouds();
    let gone: Vec<_> = before.grants.difference(&after.grants).collect();
    assert!(!gone.is_empty(), "nothing was taken back");
    assert!(mesh.make().plan.is_empty());
}

#[test]
fn two_applies_at_once_are_refused_and_a_dead_one_holds_nothing() {
    let (mesh, world) = (Mesh::new(), World::default());
    let made = mesh.make();
    let held = mesh.store().hold("dev/sales/aws").unwrap();
    let store = mesh.store();
    let job = Job {
        plan: &made.plan,
        carried: &made.carried,
        ledgers: BTreeMap::new(),
        store: &store,
        runner: &world,
        now: &String::new,
        allow: &[],
        parallel: 3,
        tell: &|_| {},
    };
    let refused = apply::run(&job, &BTreeSet::new()).unwrap_err();
    assert_eq!(refused.code().id(), "A507");
    assert_eq!(world.calls(), [""; 0]);
    drop(held);
    assert_good(&apply::run(&job, &BTreeSet::new()).unwrap());
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused() {
    let (mesh, world) = (Mesh::new(), World::default());
    assert_good(&mesh.apply(&world));
    let ledger = mesh.path().join(".meshc/dev/sales/aws/ledger.json");
    let text = std::fs::read_to_string(&ledger).unwrap();
    for bad in [
        text[..text.len() / 2].to_owned(),
        text.replace("\"mesh\": \"minimal\"", "\"mesh\": \"other\""),
        text.replace(
            "\"cell\": \"dev/sales/aws\"",
            "\"cell\": \"prod/sales/aws\"",
        ),
        text.replace("\"version\": 1", "\"version\": 2"),
        String::new(),
    ] {
        std::fs::write(&ledger, &bad).unwrap();
        let refused = mesh.store().ledgers("minimal").unwrap_err();
        assert_eq!(refused.code().id(), "A508");
    }
    std::fs::write(&ledger, &text).unwrap();
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        let cell = mesh.path().join(".meshc/dev/support");
        std::fs::remove_dir_all(&cell).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &cell).unwrap();
        let refused = mesh.store().hold("dev/support/gcp").unwrap_err();
        assert_eq!(refused.code().id(), "A508");
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }
}
