"""Codes and categories: systems, formats, releases, spelling."""
