"""What is known of people and what follows for one pair: cards, rules, score, reasons, working hours."""
