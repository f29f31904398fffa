"""Many visits: one line each, in order, on every core, and a report of what came out."""
