"""What can be done with letters: put in and taken out, delivered, unsubscribed from."""
