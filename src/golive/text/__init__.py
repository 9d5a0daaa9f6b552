"""Generated text: held against its source, its labels, a judge."""
