"""What must hold of enrolments, shortlists, requests and pairings, as queries for ids that break it."""

OVER = "('completed', 'ended_early')"


def _related(mentee: str, mentor: str, day: str) -> str:
    """Whether the two work for one family on that day (an employer is of its own family)."""
    return f"""EXISTS (
        SELECT matching_kin(e, {day}) FROM matching_employers({mentee}, {day}) e
        INTERSECT
        SELECT matching_kin(e, {day}) FROM matching_employers({mentor}, {day}) e
    )"""


def _dependent(record: str, moment: str) -> str:
    """Whether the pair of `record` was of one family when it was made, still is, and nobody has waived that.

    What came to be so later is not a breach: it is told to the coordinators.
    """
    day = f"({record}.{moment} AT TIME ZONE 'UTC')::date"
    pair = f"{record}.mentee_id", f"{record}.mentor_id"
    return f"""{_related(*pair, day)} AND {_related(*pair, "%(today)s::date")} AND NOT EXISTS (
        SELECT 1 FROM matching_waiver w
        WHERE w.cohort_id = {record}.cohort_id AND w.mentee_id = {pair[0]} AND w.mentor_id = {pair[1]}
          AND w.until >= {day}
    )"""


QUERIES = {
    # Places.
    "mentor_count_is_right": f"""
        SELECT m.person_id FROM accounts_mentorprofile m WHERE m.open_pairings <> (
            SELECT count(*) FROM matching_pairing p WHERE p.mentor_id = m.person_id AND p.state NOT IN {OVER}
        )""",
    "enrolment_count_is_right": f"""
        SELECT e.id FROM cohorts_enrolment e WHERE e.open_pairings <> (
            SELECT count(*) FROM matching_pairing p WHERE p.mentor_enrolment_id = e.id AND p.state NOT IN {OVER}
        )""",
    "mentor_within_capacity": f"""
        SELECT p.mentor_id FROM matching_pairing p
        LEFT JOIN accounts_mentorprofile m ON m.person_id = p.mentor_id
        WHERE p.state NOT IN {OVER} GROUP BY p.mentor_id, m.capacity HAVING count(*) > coalesce(m.capacity, 0)""",
    "enrolment_within_capacity": f"""
        SELECT e.id FROM matching_pairing p JOIN cohorts_enrolment e ON e.id = p.mentor_enrolment_id
        WHERE p.state NOT IN {OVER} GROUP BY e.id, e.capacity HAVING count(*) > e.capacity""",
    # One at a time.
    "one_open_pairing_a_mentee": f"""
        SELECT mentee_id FROM matching_pairing WHERE state NOT IN {OVER}
        GROUP BY cohort_id, mentee_id HAVING count(*) > 1""",
    "one_pending_request_a_mentee": """
        SELECT mentee_enrolment_id FROM matching_request WHERE state = 'pending'
        GROUP BY mentee_enrolment_id HAVING count(*) > 1""",
    "who_is_paired_asks_nobody": f"""
        SELECT r.id FROM matching_request r JOIN matching_pairing p USING (cohort_id, mentee_id)
        WHERE r.state = 'pending' AND p.state NOT IN {OVER}""",
    "a_shortlist_entry_has_its_own_rank": """
        SELECT mentee_id FROM matching_shortlistentry GROUP BY mentee_id, rank HAVING count(*) > 1""",
    # An accepted request is one pairing.
    "one_pairing_a_request": """
        SELECT request_id FROM matching_pairing GROUP BY request_id HAVING count(*) > 1""",
    "accepted_is_paired": """
        SELECT r.id FROM matching_request r WHERE r.state = 'accepted'
        AND NOT EXISTS (SELECT 1 FROM matching_pairing p WHERE p.request_id = r.id)""",
    "paired_was_accepted": """
        SELECT p.id FROM matching_pairing p JOIN matching_request r ON r.id = p.request_id
        WHERE r.state <> 'accepted' OR r.key_id IS DISTINCT FROM p.key_id""",
    # Who with whom.
    "nobody_is_their_own_mentor": """
        SELECT id FROM matching_request WHERE mentee_id = mentor_id
        UNION ALL SELECT id FROM matching_pairing WHERE mentee_id = mentor_id
        UNION ALL SELECT id FROM matching_waiver WHERE mentee_id = mentor_id""",
    "a_request_is_independent": f"""
        SELECT r.id FROM matching_request r WHERE r.state = 'pending' AND {_dependent("r", "asked_at")}""",
    "a_waiver_has_its_line_of_history": """
        SELECT w.id FROM matching_waiver w WHERE NOT EXISTS (
            SELECT FROM common_event e WHERE e.subject_type = 'waiver' AND e.subject_id = w.id AND e.verb = 'waive'
        )""",
    "a_pairing_is_independent": f"""
        SELECT p.id FROM matching_pairing p
        WHERE p.state NOT IN {OVER} AND {_dependent("p", "introduced_at")}
        AND NOT EXISTS (SELECT 1 FROM matching_alert a WHERE a.kind = 'independence' AND a.subject_id = p.id)""",
    "a_request_fits_its_enrolments": """
        SELECT r.id FROM matching_request r
        JOIN cohorts_enrolment one ON one.id = r.mentee_enrolment_id
        JOIN cohorts_enrolment other ON other.id = r.mentor_enrolment_id
        WHERE (one.cohort_id, one.person_id, one.role) <> (r.cohort_id, r.mentee_id, 'mentee')
           OR (other.cohort_id, other.person_id, other.role) <> (r.cohort_id, r.mentor_id, 'mentor')""",
    "a_pairing_fits_its_request": """
        SELECT p.id FROM matching_pairing p JOIN matching_request r ON r.id = p.request_id
        WHERE (p.cohort_id, p.mentee_id, p.mentor_id, p.mentee_enrolment_id, p.mentor_enrolment_id)
           <> (r.cohort_id, r.mentee_id, r.mentor_id, r.mentee_enrolment_id, r.mentor_enrolment_id)""",
    "a_shortlist_entry_fits_its_enrolments": """
        SELECT w.id FROM matching_shortlistentry w
        JOIN cohorts_enrolment one ON one.id = w.mentee_id JOIN cohorts_enrolment other ON other.id = w.mentor_id
        WHERE one.cohort_id <> other.cohort_id OR (one.role, other.role) <> ('mentee', 'mentor')""",
    "who_left_is_not_asked": """
        SELECT r.id FROM matching_request r
        JOIN cohorts_enrolment e ON e.id IN (r.mentee_enrolment_id, r.mentor_enrolment_id)
        WHERE r.state = 'pending' AND e.state <> 'approved'""",
    # A run with all that it found, or with nothing; a published one and what became of its proposals.
    "a_run_is_kept_whole": """
        SELECT r.id FROM matching_matchrun r
        LEFT JOIN (SELECT run_id, count(*) AS many FROM matching_proposal GROUP BY run_id) p ON p.run_id = r.id
        LEFT JOIN (SELECT run_id, count(*) AS many FROM matching_unmatched GROUP BY run_id) u ON u.run_id = r.id
        WHERE (coalesce(p.many, 0), coalesce(u.many, 0)) <> (r.matched, r.mentees - r.matched)""",
    "a_run_asks_for_its_proposals": """
        SELECT r.id FROM matching_request r
        WHERE (r.origin = 'run') <> EXISTS (SELECT 1 FROM matching_proposal p WHERE p.request_id = r.id)""",
    "a_published_run_has_asked": """
        SELECT r.id FROM matching_matchrun r WHERE r.state = 'published' AND NOT EXISTS (
            SELECT 1 FROM matching_proposal p WHERE p.run_id = r.id AND p.request_id IS NOT NULL
        )""",
    "only_a_published_run_asks": """
        SELECT p.id FROM matching_proposal p JOIN matching_matchrun r ON r.id = p.run_id
        WHERE r.state <> 'published' AND (p.request_id IS NOT NULL OR p.held_back <> '')""",
    "a_mentee_stands_once_on_a_board": """
        SELECT p.id FROM matching_proposal p JOIN matching_unmatched u USING (run_id, mentee_id)""",
    "a_board_is_changed_until_it_is_published": """
        SELECT c.id FROM matching_boardchange c JOIN matching_matchrun r ON r.id = c.run_id
        WHERE c.made_at > r.published_at
           OR c.number > (SELECT b.version FROM matching_board b WHERE b.run_id = r.id)""",
    "a_proposal_fits_its_request": """
        SELECT p.id FROM matching_proposal p JOIN matching_request r ON r.id = p.request_id
        WHERE (p.cohort_id, p.mentee_id, p.mentor_id, p.mentee_enrolment_id, p.mentor_enrolment_id)
           <> (r.cohort_id, r.mentee_id, r.mentor_id, r.mentee_enrolment_id, r.mentor_enrolment_id)""",
    # A state and what belongs to it.
    "an_answer_has_its_moment": """
        SELECT id FROM matching_request WHERE (state = 'pending') <> (answered_at IS NULL)""",
    "only_what_waits_is_held": """
        SELECT id FROM matching_request WHERE (held_until IS NULL) <> (held_for = '')
           OR (held_until IS NOT NULL AND state <> 'pending')""",
    "no_hold_outlasts_its_time": """
        SELECT id FROM matching_request WHERE held_until < %(today)s::date - 1""",
    "a_state_has_its_moment": f"""
        SELECT id FROM matching_pairing
        WHERE (state IN {OVER}) <> (ended_at IS NOT NULL)
           OR (state IN ('active', 'paused', 'closing', 'completed') AND activated_at IS NULL)
           OR (state = 'introduced' AND activated_at IS NOT NULL)
           OR (state = 'closing' AND closing_since IS NULL)""",
    "a_paused_pairing_rests": """
        SELECT p.id FROM matching_pairing p WHERE (p.state = 'paused') <> EXISTS (
            SELECT 1 FROM matching_pause s WHERE s.pairing_id = p.id AND s.resumed_at IS NULL
        )""",
    "both_said_to_go_ahead": """
        SELECT p.id FROM matching_pairing p WHERE p.activated_at IS NOT NULL AND 2 <> (
            SELECT count(*) FROM matching_chemistryanswer c WHERE c.pairing_id = p.id AND c.go_ahead
        )""",
}
