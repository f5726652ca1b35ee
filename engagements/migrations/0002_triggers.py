"""What must never be inside a pairing, whoever writes: agreements and signatures stand as they are, check-ins are of their
side, goals and notes of their pair, answers in taking stock of their side, a pairing becomes active and completed by both,
no meeting is open in one that rests or is over, and a tally stands.
"""

from django.db import migrations

from engagements.states import (
    ASSISTANT_GUARD,
    CHECK_IN_GUARD,
    DECISION_GUARD,
    GOAL_GUARD,
    LENGTH_GUARD,
    MEETING_GUARD,
    NOTE_GUARD,
    REVIEW_GUARD,
    SHARING_GUARD,
    STOCK_GUARD,
    TALK_GUARD,
)

# A change of an agreement is a new version. Only the words of somebody who was erased are taken out of it.
SIGNED = """
CREATE FUNCTION engagements_agreement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.amendments IS NULL AND to_jsonb(NEW) - 'amendments' = to_jsonb(OLD) - 'amendments'
            AND EXISTS (SELECT FROM accounts_user u WHERE u.id = OLD.written_by_id AND u.name = 'person:erased') THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM common_refuse(TG_NAME::text);
    RETURN NULL;
END $$;
CREATE TRIGGER agreement_kept BEFORE UPDATE OR DELETE ON engagements_agreement
    FOR EACH ROW EXECUTE FUNCTION engagements_agreement_kept();
CREATE TRIGGER agreement_not_emptied BEFORE TRUNCATE ON engagements_agreement
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER signature_kept BEFORE UPDATE OR DELETE ON engagements_signature
    FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER signature_not_emptied BEFORE TRUNCATE ON engagements_signature
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();

CREATE FUNCTION engagements_signature_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM engagements_agreement a WHERE a.id = NEW.agreement_id AND a.written_at > NEW.signed_at
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_follows_agreement BEFORE INSERT ON engagements_signature
    FOR EACH ROW EXECUTE FUNCTION engagements_signature_follows();
"""

ACTIVE = """
CREATE FUNCTION engagements_activated_by_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM engagements_agreement a JOIN engagements_signature s ON s.agreement_id = a.id
        WHERE a.pairing_id = NEW.id GROUP BY a.id HAVING count(*) = 2
    ) OR 2 <> (SELECT count(*) FROM matching_chemistryanswer c WHERE c.pairing_id = NEW.id AND c.go_ahead) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pairing_activated_by_both BEFORE UPDATE OF state ON matching_pairing FOR EACH ROW
    WHEN (OLD.state = 'introduced' AND NEW.state = 'active') EXECUTE FUNCTION engagements_activated_by_both();
"""

CHECK_INS = f"""
CREATE FUNCTION engagements_check_in_of_its_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM matching_pairing p
        WHERE p.id = NEW.pairing_id
          AND NEW.person_id = CASE NEW.side WHEN 'mentee' THEN p.mentee_id WHEN 'mentor' THEN p.mentor_id END
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_in_of_its_side BEFORE INSERT OR UPDATE OF pairing_id, person_id, side ON engagements_checkin
    FOR EACH ROW EXECUTE FUNCTION engagements_check_in_of_its_side();
{CHECK_IN_GUARD.forward()}
"""

GOALS = f"""
CREATE FUNCTION engagements_goal_of_its_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM matching_pairing p
        WHERE p.id = NEW.pairing_id AND NEW.proposed_by_id IN (p.mentee_id, p.mentor_id)
          AND NEW.written_by_id IN (p.mentee_id, p.mentor_id)
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER goal_of_its_pair BEFORE INSERT OR UPDATE OF pairing_id, proposed_by_id, written_by_id ON engagements_goal
    FOR EACH ROW EXECUTE FUNCTION engagements_goal_of_its_pair();
{GOAL_GUARD.forward()}
{DECISION_GUARD.forward()}
"""

NOTES = f"""
CREATE FUNCTION engagements_note_of_its_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM matching_pairing p WHERE p.id = NEW.pairing_id AND NEW.by_id IN (p.mentee_id, p.mentor_id)
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_of_its_pair BEFORE INSERT OR UPDATE OF pairing_id, by_id ON engagements_note
    FOR EACH ROW EXECUTE FUNCTION engagements_note_of_its_pair();
{NOTE_GUARD.forward()}
"""

STOCK = f"""
CREATE FUNCTION engagements_stock_answer_of_its_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM engagements_stockround r JOIN matching_pairing p ON p.id = r.pairing_id
        WHERE r.id = NEW.round_id
          AND NEW.person_id = CASE NEW.side WHEN 'mentee' THEN p.mentee_id WHEN 'mentor' THEN p.mentor_id END
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stock_answer_of_its_side BEFORE INSERT OR UPDATE OF round_id, person_id, side ON engagements_stockanswer
    FOR EACH ROW EXECUTE FUNCTION engagements_stock_answer_of_its_side();
{STOCK_GUARD.forward()}
"""

MEETINGS = f"""
CREATE FUNCTION engagements_meeting_of_open_pairing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM matching_pairing p
    WHERE p.id = NEW.pairing_id AND p.state IN ('introduced', 'active', 'closing') FOR SHARE;
    IF NOT FOUND THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meeting_of_open_pairing BEFORE INSERT OR UPDATE OF state, pairing_id ON engagements_meeting
    FOR EACH ROW WHEN (NEW.state IN ('proposed', 'agreed'))
    EXECUTE FUNCTION engagements_meeting_of_open_pairing();

-- What follows from a change of the pairing is written after it, in the same transaction.
CREATE FUNCTION engagements_pairing_leaves_no_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM engagements_meeting m JOIN matching_pairing p ON p.id = m.pairing_id
        WHERE p.id = NEW.id AND m.state IN ('proposed', 'agreed') AND p.state NOT IN ('introduced', 'active', 'closing')
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pairing_leaves_no_meeting AFTER UPDATE OF state ON matching_pairing
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state NOT IN ('introduced', 'active', 'closing'))
    EXECUTE FUNCTION engagements_pairing_leaves_no_meeting();
{MEETING_GUARD.forward()}
{ASSISTANT_GUARD.forward()}
"""

# Without the second review, a pairing is completed thirty days after its closing began, and no sooner.
REVIEWS = """
CREATE FUNCTION engagements_review_of_its_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM matching_pairing p
        WHERE p.id = NEW.pairing_id
          AND NEW.person_id = CASE NEW.side WHEN 'mentee' THEN p.mentee_id WHEN 'mentor' THEN p.mentor_id END
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_of_its_side BEFORE INSERT OR UPDATE OF pairing_id, person_id, side ON engagements_review
    FOR EACH ROW EXECUTE FUNCTION engagements_review_of_its_side();

CREATE FUNCTION engagements_completed_by_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at - OLD.closing_since >= interval '720 hours' OR 2 = (
        SELECT count(*) FROM engagements_review r WHERE r.pairing_id = NEW.id AND r.state = 'answered'
    ) THEN
        RETURN NEW;
    END IF;
    PERFORM common_refuse(TG_NAME::text);
    RETURN NULL;
END $$;
CREATE TRIGGER pairing_completed_by_both BEFORE UPDATE OF state ON matching_pairing FOR EACH ROW
    WHEN (OLD.state = 'closing' AND NEW.state = 'completed') EXECUTE FUNCTION engagements_completed_by_both();
"""

# What was counted is never counted again, so that no two reports can be compared to find one person.
TALLIES = """
CREATE TRIGGER tally_kept BEFORE UPDATE OR DELETE ON engagements_tally
    FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER tally_not_emptied BEFORE TRUNCATE ON engagements_tally
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();
"""

UNDO = f"""
DROP TRIGGER tally_not_emptied ON engagements_tally;
DROP TRIGGER tally_kept ON engagements_tally;
{SHARING_GUARD.undo()}
{TALK_GUARD.undo()}
{LENGTH_GUARD.undo()}
{REVIEW_GUARD.undo()}
DROP TRIGGER pairing_completed_by_both ON matching_pairing;
DROP TRIGGER review_of_its_side ON engagements_review;
DROP FUNCTION engagements_completed_by_both, engagements_review_of_its_side;
{ASSISTANT_GUARD.undo()}
{MEETING_GUARD.undo()}
DROP TRIGGER pairing_leaves_no_meeting ON matching_pairing;
DROP TRIGGER meeting_of_open_pairing ON engagements_meeting;
DROP FUNCTION engagements_pairing_leaves_no_meeting, engagements_meeting_of_open_pairing;
{STOCK_GUARD.undo()}
DROP TRIGGER stock_answer_of_its_side ON engagements_stockanswer;
{DECISION_GUARD.undo()}
{NOTE_GUARD.undo()}
DROP TRIGGER note_of_its_pair ON engagements_note;
{GOAL_GUARD.undo()}
DROP TRIGGER goal_of_its_pair ON engagements_goal;
{CHECK_IN_GUARD.undo()}
DROP TRIGGER check_in_of_its_side ON engagements_checkin;
DROP TRIGGER pairing_activated_by_both ON matching_pairing;
DROP TRIGGER signature_follows_agreement ON engagements_signature;
DROP TRIGGER signature_not_emptied ON engagements_signature;
DROP TRIGGER signature_kept ON engagements_signature;
DROP TRIGGER agreement_not_emptied ON engagements_agreement;
DROP TRIGGER agreement_kept ON engagements_agreement;
DROP FUNCTION engagements_stock_answer_of_its_side, engagements_goal_of_its_pair, engagements_note_of_its_pair,
    engagements_check_in_of_its_side, engagements_activated_by_both, engagements_signature_follows, engagements_agreement_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0001_schema"), ("matching", "0002_triggers")]

    operations = [
        migrations.RunSQL(
            SIGNED
            + ACTIVE
            + CHECK_INS
            + GOALS
            + NOTES
            + STOCK
            + MEETINGS
            + REVIEWS
            + REVIEW_GUARD.forward()
            + LENGTH_GUARD.forward()
            + TALK_GUARD.forward()
            + SHARING_GUARD.forward()
            + TALLIES,
            UNDO,
        )
    ]
