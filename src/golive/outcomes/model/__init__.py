"""The model on live rows: discrimination, calibration, drops, what problems cost."""
