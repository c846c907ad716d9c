"""What the playground has besides its page: the editor in one file, what it completes, the examples."""
