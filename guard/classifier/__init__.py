"""Reading a turn: tokens, onnxruntime, calibration, labels."""
