package meshc.contract.document_is_whole_test

import data.meshc.contract.document_is_whole as rule
import rego.v1

contract(value) := {"documents": [{"path": "orders.yaml", "value": value, "at": 1}]}

test_a_whole_contract_passes if {
	count(rule.deny) == 0 with input as contract({"kind": "DataContract", "version": "1.0.0", "team": [{"username": "a"}]})
	count(rule.deny) == 0 with input as contract({"sla": {"freshness": "1h"}, "schema": [], "version": "1.0.0", "owner": "sales"})
}

test_a_contract_without_both_is_one_finding if {
	rule.deny == {{"message": "the contract in `orders.yaml` has not a version and an owner", "at": 1}} with input as contract({"sla": {"freshness": "1h"}, "schema": []})
	count(rule.deny) == 1 with input as contract({"kind": "DataContract", "version": "1.0.0"})
}

test_other_documents_are_no_contracts if {
	count(rule.deny) == 0 with input as contract({"schema": []})
	count(rule.deny) == 0 with input as contract({"apiVersion": "meshc/v1", "sla": {}, "columns": []})
	count(rule.deny) == 0 with input as contract([1, 2])
	count(rule.deny) == 0 with input as contract("text")
}
