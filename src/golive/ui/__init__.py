"""The dashboard: one folder for each section of the navigation, ``shell`` around them, ``figures`` for what they draw."""
