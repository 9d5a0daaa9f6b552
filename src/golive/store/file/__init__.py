"""The file under the store: opening, faults, blocks, migrations."""
