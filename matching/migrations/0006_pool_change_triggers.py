"""Every statement that changes what a mentor's card is made of leaves lines in the log, whoever writes."""

from django.db import migrations

# Table, the column that says whose card it is about ('' for anybody's), and the columns that count ('*' for all).
WATCHED = (
    ("accounts_user", "id", "id, is_active"),
    ("accounts_profile", "person_id", "*"),
    ("accounts_mentorprofile", "person_id", "*"),
    ("accounts_expertise", "mentor_id", "*"),
    ("accounts_affiliation", "person_id", "*"),
    ("accounts_leave", "person_id", "*"),
    ("accounts_neverwith", "owner_id", "*"),
    ("matching_askagain", "person_id", "*"),
    ("matching_enrolment", "person_id", "person_id, cohort_id, role, state, capacity, open_pairings"),
    ("accounts_organisation", "", "id, industry, confirmed_at"),
    ("accounts_ownership", "", "*"),
    ("accounts_competition", "", "*"),
)

# A statement about many people leaves one line about anybody: a bulk load does not drown the log.
NOTE = """
CREATE FUNCTION matching_note_pool_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := 'SELECT ' || TG_ARGV[1] || ' FROM came';
    somebody boolean;
    people uuid[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        rows := format(
            '(SELECT %1$s FROM came EXCEPT SELECT %1$s FROM gone) UNION ALL (SELECT %1$s FROM gone EXCEPT SELECT %1$s FROM came)',
            TG_ARGV[1]);
    END IF;
    IF TG_ARGV[0] = '' THEN
        EXECUTE format('SELECT EXISTS (%s)', rows) INTO somebody;
    ELSE
        EXECUTE format('SELECT array_agg(DISTINCT %I) FROM (%s) changed', TG_ARGV[0], rows) INTO people;
        somebody := people IS NOT NULL AND cardinality(people) > 100;
        IF NOT somebody THEN
            INSERT INTO matching_poolchange (person) SELECT unnest(people);
        END IF;
    END IF;
    IF somebody THEN
        INSERT INTO matching_poolchange (person) VALUES (NULL);
    END IF;
    RETURN NULL;
END $$;
"""

OPERATIONS = {
    "INSERT": "NEW TABLE AS came",
    "DELETE": "OLD TABLE AS came",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS came",
}
NAMED = [(f"{table}_pool_{operation.lower()}", table, operation) for table, _, _ in WATCHED for operation in OPERATIONS]
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_pool_{operation.lower()} AFTER {operation} ON {table} REFERENCING {tables}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION matching_note_pool_change('{person}', '{columns}');\n"
    for table, person, columns in WATCHED
    for operation, tables in OPERATIONS.items()
)
UNDO = "".join(f"DROP TRIGGER {name} ON {table};\n" for name, table, _ in NAMED)


class Migration(migrations.Migration):
    dependencies = [("matching", "0005_pool_changes"), ("accounts", "0001_schema")]

    operations = [
        migrations.RunSQL(NOTE + TRIGGERS, UNDO + "DROP FUNCTION matching_note_pool_change;"),
    ]
