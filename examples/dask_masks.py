"""Masks of a whole dataset by a Dask cluster: ``python dask_masks.py PHOTOS -o MASKS --mask``, or any other effect.

It starts two workers on this machine. A cluster that is there needs no program: ``pyselfie PHOTOS -o MASKS --mask
--dask tcp://SCHEDULER:8786``. Its workers need ``pip install "pyselfie[dask]"`` and the same paths.
"""

import sys

from dask.distributed import LocalCluster

from pyselfie.cli import main

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        sys.exit(main([*sys.argv[1:], "--dask", cluster.scheduler_address]))
