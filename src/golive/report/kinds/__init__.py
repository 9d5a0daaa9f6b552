"""One module a kind of report."""
