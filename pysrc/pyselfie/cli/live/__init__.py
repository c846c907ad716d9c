"""What has no file to start with or to end in: the webcam, pipes, standard input and output."""
