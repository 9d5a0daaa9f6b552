"""How numbers, dates and states are said: one place for pages, command line, reports and alerts."""
