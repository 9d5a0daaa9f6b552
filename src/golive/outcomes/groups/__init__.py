"""The model in groups of patients."""
