"""Fields: schema, missing values, dates, feeds, identity."""
