"""What every check reads: both sides of a column, where a change is, code systems."""
