//! Faults strike one call each, and the log counts what a client sent.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::arm::ArmServer;
use testkit::gcp::GcpServer;
use testkit::loopback::Fault;

use super::request::Call;

const ROLE: &str = "/v1/projects/mesh-dev/roles";

fn role() -> Call {
    Call::new("POST", ROLE).json(&json!({"roleId": "mesh_reader", "role": {"title": "Reader", "includedPermissions": ["storage.objects.get"]}}))
}

#[test]
fn each_fault_strikes_once_and_only_a_lost_answer_applies() {
    let hold = Duration::from_millis(60);
    let cases = [
        (Fault::TooManyRequests { retry_after: 7 }, 429),
        (Fault::ServerError, 500),
        (Fault::Unavailable, 503),
        (Fault::Timeout { hold }, 504),
        (Fault::LostAnswer { hold }, 504),
        (Fault::EtagConflict, 409),
        (Fault::Rubbish, 200),
    ];
    for (fault, status) in cases {
        let server = GcpServer::start().unwrap();
        server.fail_next(fault.clone());
        let started = Instant::now();
        let answer = role().send(&server.client());
        assert_eq!(answer.status, status, "{fault:?}");
        let applied = server
            .snapshot()
            .get("projects/mesh-dev/roles/mesh_reader")
            .is_some();
        assert_eq!(
            applied,
            matches!(fault, Fault::LostAnswer { .. }),
            "{fault:?}"
        );
        match &fault {
            Fault::TooManyRequests { .. } => assert_eq!(answer.header("retry-after"), Some("7")),
            Fault::Timeout { .. } | Fault::LostAnswer { .. } => assert!(started.elapsed() >= hold),
            Fault::Rubbish => assert!(answer.json().is_null(), "no JSON at all"),
            _ => assert!(answer.json()["error"].is_object()),
        }
        assert_eq!(server.faults_waiting(), 0);
        // The next call is healthy again: it creates, or finds what the lost answer left.
        let expected = if applied { 409 } else { 200 };
        assert_eq!(role().send(&server.client()).status, expected, "{fault:?}");
        assert_eq!(server.calls(), 2);
        assert_eq!(server.log()[0].fault, Some(fault.name()));
        assert_eq!(server.writes()[0].body["roleId"], "mesh_reader");
    }
}

#[test]
fn a_fault_waits_for_its_call_and_spares_signing_in() {
    let server = ArmServer::start().unwrap();
    let group = format!(
        "/subscriptions/{}/resourceGroups/mesh",
        ArmServer::SUBSCRIPTION
    );
    let put = Call::new("PUT", format!("{group}?api-version=2024-11-01"))
        .json(&json!({"location": "westeurope"}));
    let get = Call::new("GET", format!("{group}?api-version=2024-11-01"));
    server.fail_next_matching("GET", "resourcegroups/mesh", Fault::ServerError);
    assert_eq!(
        Call::new("GET", "/metadata/endpoints")
            .send(&server.client())
            .status,
        200
    );
    assert_eq!(put.send(&server.signed_in()).status, 201);
    assert_eq!(server.faults_waiting(), 1);
    assert_eq!(get.send(&server.signed_in()).status, 500);
    assert_eq!(get.send(&server.signed_in()).status, 200);
    assert_eq!((server.calls(), server.writes().len()), (3, 1));
    server.clear_log();
    assert_eq!(server.calls(), 0);
}

#[test]
fn changes_from_outside_are_seen_by_the_next_read() {
    let server = ArmServer::start().unwrap();
    let group = format!(
        "/subscriptions/{}/resourceGroups/mesh",
        ArmServer::SUBSCRIPTION
    );
    server.with(|arm, _| {
        arm.put(
            &group,
            json!({"id": group, "location": "westeurope", "tags": {"owner": "someone else"}}),
        );
    });
    let reply = server.ask("GET", &format!("{group}?api-version=2024-11-01"), None);
    assert_eq!(reply.value()["tags"]["owner"], "someone else");
    assert!(server.with(|arm, _| arm.remove(&group)).is_some());
    assert_eq!(
        server
            .ask("GET", &format!("{group}?api-version=2024-11-01"), None)
            .status,
        404
    );
}
