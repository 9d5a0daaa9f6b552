"""What a column is: its type and its role."""
