"""The one exception of the build."""


class BuildError(Exception):
    """A step cannot go on; the message is one sentence for the person at the keyboard."""
