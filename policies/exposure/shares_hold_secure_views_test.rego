package meshc.exposure.shares_hold_secure_views_test

import data.meshc.exposure.shares_hold_secure_views as rule
import rego.v1

said(texts) := {"statements": [{"head": upper(text), "text": text, "path": "share.sql", "at": at} | some at, text in texts]}

test_a_secure_view_may_be_shared if {
	count(rule.deny) == 0 with input as said([`CREATE SECURE VIEW S.ORDERS AS SELECT 1`, `GRANT SELECT ON VIEW "S"."ORDERS" TO SHARE OUT`])
}

test_another_view_may_not if {
	rule.deny == {{"message": "the share `OUT` holds the view `s.orders`, which is not secure", "at": 1}} with input as said([`CREATE OR REPLACE VIEW "S"."ORDERS" AS SELECT 1`, `GRANT SELECT ON VIEW s.orders TO SHARE OUT`])
}

test_a_view_that_was_made_elsewhere_is_not_judged if {
	count(rule.deny) == 0 with input as said([`GRANT SELECT ON VIEW S.ORDERS TO SHARE OUT`])
}

test_views_inside_the_account_may_be_plain if {
	count(rule.deny) == 0 with input as said([`CREATE VIEW S.ORDERS AS SELECT 1`, `GRANT SELECT ON VIEW S.ORDERS TO ROLE R`])
}
