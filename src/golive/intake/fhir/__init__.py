"""FHIR: resources to one analysis table."""
