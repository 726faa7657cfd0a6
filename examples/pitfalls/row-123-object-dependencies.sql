-- What is built on the orders? The account has a view for that, and no such function.
SELECT referencing_object_name
FROM TABLE(INFORMATION_SCHEMA.OBJECT_DEPENDENCIES('SALES.CURATED.ORDERS'));
