"""How long customers stay, who leaves next, and whether a score of that is any good."""
