"""What the benchmark of refined edges makes of its times."""

from bench.edges import Times, row


def test_ratio_is_of_the_quickest_runs_and_of_matched_rounds():
    """A run that other work disturbed counts in neither of the two ratios if its fellow was disturbed as well."""
    times = Times(raw=[10.0, 20.0, 12.0], refined=[14.0, 26.0, 13.0])
    assert row("landscape", times) == ["landscape", "10.00", "13.00", "1.30", "1.30"]
