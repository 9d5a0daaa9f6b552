"""Registers of a pilot."""
