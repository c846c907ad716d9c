"""One engine of the page: messages in, the frame loop, events out."""
