"""Live data: findings and columns."""
