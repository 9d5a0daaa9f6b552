"""Setting a pilot up."""
