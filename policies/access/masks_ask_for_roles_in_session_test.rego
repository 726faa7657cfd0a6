package meshc.access.masks_ask_for_roles_in_session_test

import data.meshc.access.masks_ask_for_roles_in_session as rule
import rego.v1

said(text) := {"statements": [{"head": upper(text), "text": text, "path": "mask.sql", "at": 1}]}

test_roles_in_session_pass if {
	count(rule.deny) == 0 with input as said("CREATE MASKING POLICY IF NOT EXISTS m AS (VAL VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('A') THEN VAL ELSE '*' END")
	count(rule.deny) == 0 with input as said("SELECT CURRENT_ROLE()")
}

test_the_current_role_is_denied if {
	rule.deny == {{"message": "a policy in `mask.sql` uses `CURRENT_ROLE`", "at": 1}} with input as said("ALTER MASKING POLICY m SET BODY -> CASE WHEN current_role() = 'A' THEN VAL END")
}

test_both_are_one_finding if {
	rule.deny == {{"message": "a policy in `mask.sql` uses `CURRENT_ROLE` and `CREATE OR REPLACE`", "at": 1}} with input as said("CREATE OR REPLACE MASKING POLICY m AS (VAL VARCHAR) RETURNS VARCHAR -> CASE WHEN CURRENT_ROLE() IN ('A') THEN VAL END")
}
