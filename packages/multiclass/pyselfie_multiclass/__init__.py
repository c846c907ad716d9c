"""The folder of `selfie_multiclass.onnx`, which pyselfie reads."""
