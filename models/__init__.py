"""MediaPipe's selfie segmentation models: their TFLite to ONNX converter and the converted files."""
