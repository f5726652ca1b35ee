"""What must hold of people, organisations and ties to them, as queries for ids that break it."""

QUERIES = {
    "who_is_erased_holds_nothing": """
        SELECT u.id FROM accounts_user u WHERE u.name = 'person:erased' AND (
            u.email NOT LIKE '%%@erased.invalid'
            OR EXISTS (SELECT FROM account_emailaddress e WHERE e.user_id = u.id)
            OR EXISTS (SELECT FROM accounts_affiliation a WHERE a.person_id = u.id)
        )""",
    "one_name_in_a_country_and_industry": """
        SELECT min(id::text) FROM accounts_organisation GROUP BY identity, country, industry HAVING count(*) > 1""",
    "a_merged_organisation_is_gone": """
        SELECT merged_id FROM accounts_othername WHERE merged_id IN (SELECT id FROM accounts_organisation)""",
    "an_owner_is_on_record_once_a_day": """
        SELECT one.id FROM accounts_ownership one JOIN accounts_ownership other
            ON (one.child_id, one.parent_id) = (other.child_id, other.parent_id) AND one.id < other.id
        WHERE daterange(one.starts_on, one.ends_on) && daterange(other.starts_on, other.ends_on)""",
    "nobody_owns_itself": """
        WITH RECURSIVE held(child, owner) AS (
            SELECT child_id, parent_id FROM accounts_ownership
            WHERE starts_on <= %(today)s::date AND (ends_on IS NULL OR ends_on > %(today)s::date)
        ), above(organisation, owner) AS (
            SELECT child, owner FROM held
            UNION
            SELECT above.organisation, held.owner FROM above JOIN held ON held.child = above.owner
        )
        SELECT organisation FROM above WHERE organisation = owner""",
}
