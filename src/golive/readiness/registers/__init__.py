"""What the registers of a pilot show."""
