"""What a point of retention is worth, what it may cost, and when it arrives."""
