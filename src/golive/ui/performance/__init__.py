"""The model on live outcomes."""
