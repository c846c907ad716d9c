"""The segmenter that the options ask for, and what runs it: ``--provider``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.cli.console import complain
from pyselfie.cli.errors import UsageError
from pyselfie.runtimes.providers import ProviderError
from pyselfie.segmenter import Segmenter

if TYPE_CHECKING:
    import argparse


def make_segmenter(options: argparse.Namespace) -> Segmenter:
    """Return a new one.

    Raises
    ------
    UsageError
        When this ONNX Runtime lacks the provider.
    """
    try:
        return Segmenter(options.model_selection, options.effect_options.edges, providers=options.provider)
    except ProviderError as error:
        raise UsageError(f"--provider {options.provider}: {error}") from error


def tell_provider(options: argparse.Namespace) -> None:
    """Say once what runs the model and why, where the user has asked for a provider.

    Raises
    ------
    UsageError
        When this ONNX Runtime lacks it.
    """
    if options.provider is None or options.dask is not None:  # a cluster's workers have what they have
        return
    with make_segmenter(options) as segmenter:
        if not options.quiet:
            complain(f"the model runs on {segmenter.backend}: {segmenter.reason}")
