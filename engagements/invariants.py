"""What must hold inside a pairing, as queries for ids that break it."""

BOTH = """(
    SELECT a.pairing_id FROM engagements_agreement a JOIN engagements_signature s ON s.agreement_id = a.id
    GROUP BY a.pairing_id, a.id HAVING count(DISTINCT s.side) = 2
)"""

QUERIES = {
    "active_is_signed_by_both": f"""
        SELECT p.id FROM matching_pairing p
        WHERE (p.activated_at IS NOT NULL) <> (p.id IN {BOTH})""",
    "a_check_in_is_planned_once": """
        SELECT pairing_id FROM engagements_checkin GROUP BY pairing_id, side, round HAVING count(*) > 1""",
    "a_check_in_is_of_its_side": """
        SELECT c.id FROM engagements_checkin c JOIN matching_pairing p ON p.id = c.pairing_id
        WHERE c.person_id <> CASE c.side WHEN 'mentee' THEN p.mentee_id ELSE p.mentor_id END""",
    "no_meeting_is_open_in_a_pairing_that_rests_or_is_over": """
        SELECT m.id FROM engagements_meeting m JOIN matching_pairing p ON p.id = m.pairing_id
        WHERE m.state IN ('proposed', 'agreed') AND p.state NOT IN ('introduced', 'active', 'closing')""",
    "no_check_in_outlives_its_pairing": """
        SELECT c.id FROM engagements_checkin c JOIN matching_pairing p ON p.id = c.pairing_id
        WHERE c.state = 'scheduled' AND p.state IN ('introduced', 'completed', 'ended_early')""",
    "a_closing_pairing_asks_both": """
        SELECT p.id FROM matching_pairing p WHERE p.state = 'closing' AND 2 <> (
            SELECT count(*) FROM engagements_review r WHERE r.pairing_id = p.id AND r.state IN ('asked', 'answered')
        )""",
    "nobody_is_asked_to_look_back_at_another_time": """
        SELECT r.id FROM engagements_review r JOIN matching_pairing p ON p.id = r.pairing_id
        WHERE r.state = 'asked' AND p.state <> 'closing'""",
    "a_review_is_of_its_side": """
        SELECT r.id FROM engagements_review r JOIN matching_pairing p ON p.id = r.pairing_id
        WHERE r.person_id <> CASE r.side WHEN 'mentee' THEN p.mentee_id ELSE p.mentor_id END""",
    "a_length_is_proposed_by_one_of_the_two": """
        SELECT l.id FROM engagements_lengthproposal l JOIN matching_pairing p ON p.id = l.pairing_id
        WHERE l.proposed_by_id NOT IN (p.mentee_id, p.mentor_id)""",
    "no_length_is_proposed_in_a_pairing_that_closes_or_is_over": """
        SELECT l.id FROM engagements_lengthproposal l JOIN matching_pairing p ON p.id = l.pairing_id
        WHERE l.state = 'open' AND p.state NOT IN ('active', 'paused')""",
    "a_talk_is_asked_for_by_one_of_the_two": """
        SELECT t.id FROM engagements_talk t JOIN matching_pairing p ON p.id = t.pairing_id
        WHERE t.person_id NOT IN (p.mentee_id, p.mentor_id)""",
    "scores_are_shared_by_their_side": """
        SELECT s.id FROM engagements_scoresharing s JOIN matching_pairing p ON p.id = s.pairing_id
        WHERE s.person_id <> CASE s.side WHEN 'mentee' THEN p.mentee_id ELSE p.mentor_id END""",
    "an_answer_in_taking_stock_is_of_its_side": """
        SELECT a.id FROM engagements_stockanswer a JOIN engagements_stockround r ON r.id = a.round_id
        JOIN matching_pairing p ON p.id = r.pairing_id
        WHERE a.person_id <> CASE a.side WHEN 'mentee' THEN p.mentee_id ELSE p.mentor_id END""",
    "no_round_of_stock_waits_in_a_pairing_that_is_over": """
        SELECT r.id FROM engagements_stockround r JOIN matching_pairing p ON p.id = r.pairing_id
        WHERE r.state = 'planned' AND p.state IN ('introduced', 'completed', 'ended_early')
          AND r.closes_on > p.ended_at::date + 2 AND NOT EXISTS (
            SELECT FROM engagements_stockanswer a WHERE a.round_id = r.id)""",
    "an_assistant_serves_open_accounts": """
        SELECT a.id FROM engagements_assistant a JOIN accounts_user u ON u.id IN (a.leader_id, a.person_id)
        WHERE a.state <> 'over' AND NOT u.is_active""",
    "an_assistant_handles_for_one_of_the_two": """
        SELECT m.id FROM engagements_meeting m JOIN matching_pairing p ON p.id = m.pairing_id
        JOIN engagements_assistant a ON a.id = m.handled_id
        WHERE a.leader_id NOT IN (p.mentee_id, p.mentor_id)""",
    "a_note_is_of_its_pair": """
        SELECT n.id FROM engagements_note n JOIN matching_pairing p ON p.id = n.pairing_id
        WHERE n.by_id NOT IN (p.mentee_id, p.mentor_id)""",
    "a_goal_is_of_its_pair": """
        SELECT g.id FROM engagements_goal g JOIN matching_pairing p ON p.id = g.pairing_id
        WHERE g.proposed_by_id NOT IN (p.mentee_id, p.mentor_id)
           OR g.written_by_id NOT IN (p.mentee_id, p.mentor_id)""",
    "a_goal_is_the_mentees": """
        SELECT g.id FROM engagements_goal g JOIN matching_pairing p ON p.id = g.pairing_id
        WHERE g.state IN ('reached', 'let_go') AND NOT EXISTS (
            SELECT FROM engagements_goalentry e WHERE e.goal_id = g.id AND e.by_id = p.mentee_id)""",
}
