"""Every statement that changes what a mentor's card is made of leaves lines in the log of changes, whoever writes."""

from django.db import migrations

# A statement about many leaves one line about anybody: a bulk load does not drown the log.
# Arguments of the trigger: the column that says whose card it is, the columns that count, and what the first one names.
NOTE = """
CREATE FUNCTION matching_note_pool_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := 'SELECT ' || TG_ARGV[1] || ' FROM came';
    changed uuid[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        rows := format(
            '(SELECT %1$s FROM came EXCEPT SELECT %1$s FROM gone) UNION ALL (SELECT %1$s FROM gone EXCEPT SELECT %1$s FROM came)',
            TG_ARGV[1]);
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM (%s) changed', TG_ARGV[0], rows) INTO changed;
    IF cardinality(changed) > 100 THEN
        INSERT INTO matching_poolchange (person) VALUES (NULL);
    ELSE
        EXECUTE format('INSERT INTO matching_poolchange (%I) SELECT unnest($1)', TG_ARGV[2]) USING changed;
    END IF;
    RETURN NULL;
END $$;
"""

# Table, the column that says whose card it is, what that names, and the columns that count ('*' for all).
WATCHED = (
    ("accounts_user", "id", "person", "id, is_active"),
    ("accounts_profile", "person_id", "person", "*"),
    ("accounts_mentorprofile", "person_id", "person", "*"),
    ("accounts_expertise", "mentor_id", "person", "*"),
    ("accounts_affiliation", "person_id", "person", "*"),
    ("accounts_leave", "person_id", "person", "*"),
    ("accounts_neverwith", "owner_id", "person", "*"),
    ("matching_pairagain", "person_id", "person", "*"),
    ("cohorts_enrolment", "person_id", "person", "person_id, cohort_id, role, state, capacity, open_pairings"),
    ("accounts_organisation", "id", "organisation", "id, industry, confirmed_at, refused_at"),
    ("accounts_ownership", "child_id", "organisation", "*"),
    ("accounts_competition", "first_id", "organisation", "*"),
)
OPERATIONS = {
    "INSERT": "NEW TABLE AS came",
    "DELETE": "OLD TABLE AS came",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS came",
}
DROP = "".join(
    f"DROP TRIGGER {table}_pool_{operation.lower()} ON {table};\n" for table, *_ in WATCHED for operation in OPERATIONS
)
CREATE = "".join(
    f"CREATE TRIGGER {table}_pool_{operation.lower()} AFTER {operation} ON {table} REFERENCING {tables}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION matching_note_pool_change('{column}', '{columns}', '{names}');\n"
    for table, column, names, columns in WATCHED
    for operation, tables in OPERATIONS.items()
)


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_triggers")]

    operations = [migrations.RunSQL(NOTE + CREATE, DROP + "DROP FUNCTION matching_note_pool_change;")]
