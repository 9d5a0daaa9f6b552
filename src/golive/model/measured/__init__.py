"""What was measured of a model on live rows: performance, groups, course, service, generated text."""
