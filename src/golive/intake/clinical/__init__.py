"""Clinical knowledge about columns: analytes, units, codes, identifiers."""
