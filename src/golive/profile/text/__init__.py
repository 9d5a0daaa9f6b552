"""Generated text, where its rows are."""
